import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { maxFileBytes, parseYaml } from "./parse-yaml.ts";
import { positionOf, toJson } from "./yaml-node.ts";

const codes = (text: string): string[] => parseYaml("x.yaml", text).diagnostics.map(({ code }) => code);

describe("parseYaml", () => {
  it("reads what js-yaml reads, for every JSON document", () => {
    const value = fc.jsonValue({ maxDepth: 5 }).filter((document) => !JSON.stringify(document).includes("__proto__"));
    fc.assert(
      fc.property(value, fc.integer({ min: 0, max: 4 }), (document, indent) => {
        const text = JSON.stringify(document, null, indent);
        const { root, diagnostics } = parseYaml("x.yaml", text);
        expect(diagnostics).toEqual([]);
        expect(root === null ? undefined : toJson(root)).toEqual(load(text));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps text as text where YAML is tempting", () => {
    const { root } = parseYaml(
      "x.yaml",
      "a: no\nb: 24:00\nc: 2026-01-01\nd: 1e400\ne: .inf\nf: '1'\ng: 0x1F\nh: ~\ni: -1.5e3\nj: 0o17\nk: 1_000\n",
    );
    expect(root && toJson(root)).toEqual({
      a: "no",
      b: "24:00",
      c: "2026-01-01",
      d: "1e400",
      e: ".inf",
      f: "1",
      g: 31,
      h: null,
      i: -1500,
      j: 15,
      k: "1_000",
    });
  });

  it("knows where every member stands", () => {
    const { root } = parseYaml("x.yaml", "a:\n  - b: 1\n    c: [x, { d: 2 }]\n");
    if (root === null) throw new Error("unreadable");
    const places = [["a"], ["a", 0], ["a", 0, "c"], ["a", 0, "c", 1, "d"], ["a", 0, "nowhere", "else"]].map((path) =>
      positionOf(root, path),
    );
    expect(places.map(({ line, column }) => `${line}:${column}`)).toEqual(["1:1", "2:5", "3:5", "3:14", "2:5"]);
  });

  it.each([
    ["an alias", "a: &x 1\nb: *x\n", ["anchor", "alias"]],
    ["an anchor on a mapping", "a: &x { b: 1 }\n", ["anchor"]],
    ["a tag", "a: !!js/function x\n", ["tag"]],
    ["a duplicate key", "a:\n  b: 1\n  b: 2\n", ["duplicate-key"]],
    ["a duplicate key in another notation", 'a: { b: 1, "b": 2 }\n', ["duplicate-key"]],
    ["a prototype key", "__proto__: { x: 1 }\n", ["forbidden-key"]],
    ["a mapping as key", "{ a: 1 }: 2\n", ["key-not-text"]],
    ["two documents", "a: 1\n---\nb: 2\n", ["several-documents"]],
    ["nothing", "# only a comment\n", ["empty-file"]],
    ["nesting", "[".repeat(41) + "]".repeat(41), ["too-deep"]],
    ["an open quote", 'a: "x\n', ["yaml-syntax"]],
    ["bad indentation", "a:\n  b: 1\n c: 2\n", ["yaml-syntax"]],
    ["a size beyond the cap", "#".repeat(maxFileBytes + 1), ["file-too-large"]],
    ["more values than a playbook has use for", "a: [x]\n".replace("x", "x,".repeat(10_000)), ["too-many-values"]],
    ["more lines than a playbook has use for", "a: 1\n".repeat(10_001), ["too-many-values"]],
    ["a size beyond the cap in bytes", `a: "${"ü".repeat(maxFileBytes / 2)}"`, ["file-too-large"]],
  ])("refuses %s", (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it("says line, column and path of a duplicate key", () => {
    expect(parseYaml("x.yaml", "a:\n  - b: 1\n    b: 2\n").diagnostics).toMatchObject([
      { path: "a[0].b", position: { file: "x.yaml", line: 3, column: 5 } },
    ]);
  });

  it("never throws, whatever the text", () => {
    const pieces = fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "- ",
      "? ",
      "[",
      "]",
      "{",
      "}",
      ",",
      '"',
      "'",
      "|",
      ">",
      "&x ",
      "*x",
      "!t ",
      "#",
      "---\n",
      "...\n",
      "%YAML 1.2\n",
      "\t",
      "\\",
      "\u0000",
      "\ufeff",
      "ü",
      "0",
      "@",
      "`",
      "<<: ",
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join("")),
        (text) => {
          const { root, diagnostics } = parseYaml("x.yaml", text);
          expect(root !== null || diagnostics.length > 0).toBe(true);
          for (const { fix, position, path } of diagnostics)
            expect([fix === "", position === undefined, path.includes("undefined")]).toEqual([false, false, false]);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
