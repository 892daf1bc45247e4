import type { Json } from "@tandem/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffFields } from "./field-diff.ts";
import { expanded, narrowed } from "./expansion.ts";
import { isSameJson } from "./json-equality.ts";

const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, 1, 2, "a", "b"),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("tree")) as fc.Arbitrary<Json>,
    fc.array(fc.constantFrom<Json>("x", "y", "z"), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom("k", "l", "m"), tie("tree")), { selector: ([key]) => key, maxLength: 3 })
      .map((items) => items.map(([key, value]) => ({ key, value2: value }))),
  ),
}));
const object = fc.dictionary(fc.constantFrom("a", "b", "c"), tree) as fc.Arbitrary<Json>;

describe("expanded", () => {
  it("takes nothing away: with `keep` every difference is an addition, or a list that became longer", () => {
    fc.assert(
      fc.property(object, object, (present, wanted) => {
        for (const { operation, before, after } of diffFields(present, expanded(present, wanted, "keep"))) {
          const isLonger =
            Array.isArray(before) &&
            Array.isArray(after) &&
            before.every((item) => after.some((one) => isSameJson(item, one)));
          expect(operation === "add" || isLonger).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("is settled after one step, both ways", () => {
    fc.assert(
      fc.property(object, object, fc.constantFrom("keep" as const, "set" as const), (present, wanted, conflict) => {
        const once = expanded(present, wanted, conflict);
        expect(isSameJson(expanded(once, wanted, conflict), once)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("narrowed", () => {
  const options = (...values: string[]): Json => ({
    options: values.map((value) => ({ value, label: value.toUpperCase() })),
  });

  it.each<[string, Json, Json | undefined, Json[], Json]>([
    ["drops what we wrote and nobody wants", options("a", "b"), options("a", "b"), [options("a")], options("a")],
    [
      "keeps what somebody wants",
      options("a", "b"),
      options("a", "b"),
      [options("a"), options("b")],
      options("a", "b"),
    ],
    ["keeps what others added", options("a", "by-hand"), options("a"), [options("a")], options("a", "by-hand")],
    ["keeps everything when nothing is known to be ours", options("a", "b"), undefined, [], options("a", "b")],
    ["drops a member", { a: 1, b: 2 }, { a: 1, b: 2 }, [{ a: 1 }], { a: 1 }],
    ["drops a plain item", { list: ["x", "y"] }, { list: ["x", "y"] }, [{ list: ["y"] }], { list: ["y"] }],
  ])("%s", (_name, present, owned, keepers, expected) => expect(narrowed(present, owned, keepers)).toEqual(expected));

  it("never drops what a keeper wants", () => {
    fc.assert(
      fc.property(object, object, object, (present, owned, keeper) => {
        const removed = diffFields(present, narrowed(present, owned, [keeper, present]));
        expect(removed).toEqual([]);
      }),
    );
  });
});
