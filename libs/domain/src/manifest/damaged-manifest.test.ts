import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "@tandem/kernel";
import { manifestFromContent, parseManifest } from "./parse-manifest.ts";

const folder = join(import.meta.dirname, "../../../../playbooks/after-hours-answering");
const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const files = new Map(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
const text = files.get("manifest.yaml") ?? "";

describe("hostile and damaged manifests", () => {
  it("never throws on a manifest with lines lost, doubled, swapped or bitten off", () => {
    const lines = text.split("\n");
    const edit = fc.record({
      at: fc.nat(lines.length - 1),
      how: fc.constantFrom("drop", "double", "indent", "cut", "swap", "junk", "template"),
      cut: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const damaged = [...lines];
        for (const { at, how, cut } of edits) {
          const line = damaged[at] ?? "";
          if (how === "drop") damaged.splice(at, 1);
          if (how === "double") damaged.splice(at, 0, line);
          if (how === "indent") damaged[at] = `  ${line}`;
          if (how === "cut") damaged[at] = line.slice(0, cut);
          if (how === "swap") [damaged[at], damaged[0]] = [damaged[0] ?? "", line];
          if (how === "template") damaged[at] = line.replace(/:.*/, ': "{{parameters.voice}}"');
          if (how === "junk") damaged[at] = `${line} {{ x`;
        }
        const parsed = parseManifest(new Map([...files, ["manifest.yaml", damaged.join("\n")]]), "p/");
        for (const { detail, fix, summary } of parsed.diagnostics)
          expect(`${detail}${fix}${summary}`).not.toMatch(/undefined|\[object/);
        expect(parsed.ok || parsed.diagnostics.some(({ severity }) => severity === "error")).toBe(true);
      }),
      { numRuns: 250 },
    );
  });

  it("never throws when any one value is a template", () => {
    const lines = text.split("\n");
    lines.forEach((line, at) => {
      const damaged = line.replace(/: .*/, ': "{{parameters.voice}}"');
      if (damaged === line) return;
      const parsed = parseManifest(new Map([...files, ["manifest.yaml", lines.with(at, damaged).join("\n")]]));
      expect(parsed.ok || parsed.diagnostics.length > 0, line).toBe(true);
    });
  });

  it.each([null, 1, "x", [], {}, { manifest: 1 }, { manifest: 1, parameters: [] }] as Json[])(
    "answers stored content %j with diagnostics",
    (content) => {
      const parsed = manifestFromContent(content);
      expect(parsed.ok).toBe(false);
      expect(parsed.diagnostics.length).toBeGreaterThan(0);
    },
  );
});
