import type { Json, JsonObject } from "@tandem/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expanded, isWithin } from "./expansion.ts";
import { reversed } from "./index.ts";

const all = { keepers: [], keepsAdditions: false } as const;

const value = fc.constantFrom<Json>("x", "y", 1, true, null);
const items = fc.uniqueArray(fc.record({ name: fc.constantFrom("a", "b", "c"), text: value }), {
  selector: ({ name }) => name,
  maxLength: 3,
});
/** Members keep their type, as they do at a vendor. */
const fields = fc.record(
  { one: value, two: items, three: fc.dictionary(fc.constantFrom("k", "l"), value) },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<JsonObject>;

describe("a reversal", () => {
  it("gives back what was there, when nobody else did anything", () => {
    fc.assert(
      fc.property(fields, fields, (before, wanted) => {
        for (const conflict of ["keep", "set"] as const) {
          const after = expanded(before, wanted, conflict);
          expect(reversed(after, after, before, all)).toEqual(before);
        }
      }),
    );
  });

  it("leaves what others did meanwhile", () => {
    fc.assert(
      fc.property(fields, fields, (before, wanted) => {
        const after = expanded(before, wanted, "set") as JsonObject;
        const present = { ...after, theirs: "new" };
        expect(reversed(present, after, before, all)).toEqual({ ...before, theirs: "new" });
      }),
    );
    const changed = reversed({ label: "theirs" }, { label: "ours" }, { label: "old" }, all);
    expect(changed).toEqual({ label: "theirs" });
  });

  it("takes nothing out that a keeper has, or that may hold data", () => {
    fc.assert(
      fc.property(fields, fields, fields, (before, wanted, needed) => {
        const after = expanded(expanded(before, wanted, "set"), needed, "keep");
        const kept = reversed(after, after, before, { keepers: [needed], keepsAdditions: false });
        expect(isWithin(needed, kept)).toBe(true);
        expect(isWithin(after, reversed(after, after, before, { keepers: [], keepsAdditions: true }))).toBe(true);
      }),
    );
  });

  it("brings back what was taken away", () => {
    const before = { options: [{ value: "a" }, { value: "b" }], note: "old" };
    const after = { options: [{ value: "a" }] };
    expect(reversed(after, after, before, all)).toEqual(before);
  });
});
