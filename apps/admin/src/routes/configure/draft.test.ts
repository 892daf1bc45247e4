import { expect, test } from "vitest";
import { differences, type Draft, isSame, merge, valueAt, withValue } from "./draft.ts";

const base: Draft = {
  number: "+15550100001",
  connections: { crm: "a" },
  overlay: { ringSeconds: 20, language: "en-US" },
};

test("a value that is taken away is not there, one that says nothing on purpose is", () => {
  const without = withValue(base, "overlay/ringSeconds", undefined);
  expect(without.overlay).toEqual({ language: "en-US" });
  expect(valueAt(withValue(base, "overlay/ringSeconds", null), "overlay/ringSeconds")).toBeNull();
  expect(withValue(base, "number", undefined).number).toBeNull();
  expect(withValue(base, "connections/provider.groq", "b").connections).toEqual({ crm: "a", "provider.groq": "b" });
  expect(differences(base, without)).toEqual(["overlay/ringSeconds"]);
  expect(differences(base, { ...base, overlay: { language: "en-US", ringSeconds: 20 } })).toEqual([]);
});

test("two people's changes come together; the same input set to different values is a conflict", () => {
  const mine = withValue(withValue(base, "overlay/ringSeconds", 25), "overlay/language", "en-GB");
  const theirs = withValue(withValue(base, "overlay/ringSeconds", 30), "connections/crm", "b");
  expect(merge(base, mine, theirs)).toEqual({
    draft: { number: "+15550100001", connections: { crm: "b" }, overlay: { ringSeconds: 25, language: "en-GB" } },
    conflicts: [{ place: "overlay/ringSeconds", mine: 25, theirs: 30 }],
    taken: ["connections/crm"],
  });
});

test("the same change made twice, and a value that one took away and the other changed", () => {
  const same = withValue(base, "overlay/ringSeconds", 25);
  expect(merge(base, same, same).conflicts).toEqual([]);
  const gone = withValue(base, "overlay/ringSeconds", undefined);
  expect(merge(base, gone, same).conflicts).toEqual([{ place: "overlay/ringSeconds", mine: undefined, theirs: 25 }]);
  expect(merge(base, gone, base).draft.overlay).toEqual({ language: "en-US" });
});

test("values are compared by what they say", () => {
  expect(isSame({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(isSame({ a: undefined as never }, {})).toBe(false);
  expect(isSame([1], { 0: 1 })).toBe(false);
  expect(isSame(["a", "b"], ["b", "a"])).toBe(false);
});
