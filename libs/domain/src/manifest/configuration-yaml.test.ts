import fc from "fast-check";
import type { Json } from "@tandem/kernel";
import { describe, expect, it } from "vitest";
import { readConfigurationText, writeConfigurationText } from "./configuration-yaml.ts";

const read = (text: string) => readConfigurationText("configuration.yaml", text);

describe("configuration as YAML", () => {
  it("is read back as it was written", () => {
    const value = fc.jsonValue({ maxDepth: 4 }).filter((json) => !JSON.stringify(json).includes('"__proto__"'));
    fc.assert(
      fc.property(value, (json) => {
        const text = fc.stringify(json);
        const again = read(writeConfigurationText(json as Json));
        expect(JSON.stringify(again.ok ? again.value : again.diagnostics), text).toBe(JSON.stringify(json));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps what looks like something else", () => {
    const value = {
      number: "+15550100001",
      no: "no",
      date: "2026-12-25",
      at: "09:00",
      n: null,
      list: [],
      text: "a\nb: c\n",
    };
    const again = read(writeConfigurationText(value));
    expect(again.ok && again.value).toEqual(value);
  });

  it("knows where things stand", () => {
    const text = read("overlay:\n  ringSeconds: 15\n  staffNumbers:\n    - '+1'\n");
    if (!text.ok) throw new Error("unreadable");
    expect(text.positionOf(["overlay", "ringSeconds"])).toMatchObject({ line: 2, column: 3 });
    expect(text.positionOf(["overlay", "staffNumbers", 0])).toMatchObject({ line: 4, column: 8 });
    expect(text.positionOf(["overlay", "businessName"])).toMatchObject({ line: 1, column: 1 });
  });

  it("says where it cannot be read", () => {
    const broken = read("overlay:\n  a: [1, 2\n  b: 3\n");
    expect(broken.ok ? [] : broken.diagnostics[0]?.position).toMatchObject({ file: "configuration.yaml" });
    const twice = read("a: 1\na: 2\n");
    expect(twice.ok ? [] : twice.diagnostics).toMatchObject([
      { code: "duplicate-key", position: { line: 2, column: 1 } },
    ]);
  });
});
