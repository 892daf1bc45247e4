import { canonicalJson, isJsonObject, type Json } from "@tandem/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceOf } from "./difference.ts";
import { applyFieldChanges, revertFieldChanges } from "./field-apply.ts";
import { diffFields } from "./field-diff.ts";
import { parsePath } from "./field-path.ts";
import { isAsDescribed } from "./field-proof.ts";

/** A lone backslash is left out: JSON.parse of Node 26.10 confuses that member name with one that begins with an escape. */
const NAMES = [
  "name",
  "id",
  "a.b",
  "it's",
  'say "x"',
  "0",
  "10",
  "",
  "__proto__",
  "constructor",
  "toString",
  "[x]",
  "a]b",
  "a\\b",
  "é€😀",
  "\ud800",
  "$",
  "#",
  ".",
  "a b",
];
const name = fc.constantFrom(...NAMES);
const scalar = fc.constantFrom<Json>(null, true, false, 0, 1, -1, 1.5, "", "x", "it's", "a.b", "😀", "[]", "null");

/** An object whose own members may have any name; `fromEntries` makes `__proto__` a member like any other. */
const object = (value: fc.Arbitrary<Json>) =>
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 })
    .map((entries) => Object.fromEntries(entries) as Json);

const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    object(tie("tree")),
    fc.array(tie("tree"), { maxLength: 4 }),
    keyedItems(tie("tree")),
  ),
}));

function keyedItems(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const item = fc.tuple(fc.constantFrom(...NAMES.filter((key) => key !== "")), object(value));
  const member = fc.constantFrom("address", "name", "key", "id", "value");
  return fc
    .tuple(member, fc.uniqueArray(item, { selector: ([key]) => key, maxLength: 6 }))
    .map(([key, items]) => items.map(([text, rest]) => ({ ...(rest as object), [key]: text })));
}

/** A neighbour of a value: the same with something moved, dropped, added or replaced, at any depth. */
function mutated(value: Json, random: () => number, other: Json): Json {
  const dice = random();
  if (typeof value !== "object" || value === null) return dice < 0.6 ? other : value;
  if (Array.isArray(value)) return mutatedItems(value, dice, random, other);
  const entries = Object.entries(value as { [name: string]: Json });
  if (dice < 0.15) entries.push([NAMES[Math.floor(random() * NAMES.length)]!, other]);
  if (dice > 0.85) entries.splice(Math.floor(random() * entries.length), 1);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, random() < 0.4 && key !== "name" ? mutated(inner, random, other) : inner]),
  );
}

function mutatedItems(value: readonly Json[], dice: number, random: () => number, other: Json): Json {
  const items = [...value];
  if (dice < 0.2) return items.toReversed();
  if (dice < 0.4) items.push(...items.splice(0, 1 + Math.floor(random() * 2)));
  if (dice > 0.8) items.splice(Math.floor(random() * items.length), 1);
  if (dice > 0.9) items.unshift(other);
  return items.map((item) => (random() < 0.4 ? mutated(item, random, other) : item));
}

const pairs = fc.oneof(
  fc.tuple(tree, tree),
  fc
    .tuple(tree, tree, fc.integer())
    .map(([value, other, seed]): [Json, Json] => [value, mutated(value, seeded(seed), other)]),
);

/** Repeatable numbers from 0 to below 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe("diffFields", () => {
  it("round-trips 20,000 random pairs exactly, forwards, backwards and through JSON text", () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const changes = diffFields(before, after);
        const reread = JSON.parse(JSON.stringify(changes)) as typeof changes;
        const [left, right] = [canonicalJson(before), canonicalJson(after)];
        const isThere = canonicalJson(applyFieldChanges(before, reread)) === right;
        const isBack = canonicalJson(revertFieldChanges(after, reread)) === left;
        const isWholesale = isJsonObject(before) && isJsonObject(after) && changes.some(({ path }) => path === "");
        return isThere && isBack && !isWholesale && (changes.length === 0) === (left === right);
      }),
      { numRuns: 20_000 },
    );
  }, 120_000);

  it("proves what a full comparison would find, also of changes that were lost or put out of order", () => {
    fc.assert(
      fc.property(pairs, fc.nat(), ([before, after], pick) => {
        const changes = diffFields(before, after);
        const found = differenceOf(before, after);
        if (found === null) return true;
        const variants = [
          changes,
          changes.toSpliced(pick % changes.length, 1),
          changes.filter(({ operation }) => operation !== "move"),
        ];
        return variants.every((some) => {
          const result = attempted(before, some);
          return (
            result === undefined || isAsDescribed(result, found) === (canonicalJson(result) === canonicalJson(after))
          );
        });
      }),
      { numRuns: 5000 },
    );
  }, 60_000);

  it("does not depend on the order of members", () => {
    const before = { b: 1, a: { y: 1, x: 2 }, items: [{ name: "n", p: 1, q: 2 }] };
    const after = { a: { x: 3, y: 2 }, items: [{ q: 3, p: 2, name: "n" }], c: 1 };
    const reordered = { c: 1, items: [{ name: "n", p: 2, q: 3 }], a: { y: 2, x: 3 } };
    expect(diffFields(before, after)).toEqual(diffFields(before, reordered));
  });

  const cases: [string, Json, Json, ReturnType<typeof diffFields>][] = [
    ["equal values", { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ["a set value", { a: { b: 1 } }, { a: { b: 2 } }, [{ path: "a.b", operation: "set", before: 1, after: 2 }]],
    ["null to a value", { a: null }, { a: {} }, [{ path: "a", operation: "set", before: null, after: {} }]],
    ["object to array", { a: {} }, { a: [] }, [{ path: "a", operation: "set", before: {}, after: [] }]],
    [
      "a field of a keyed item",
      { tools: [{ name: "book", url: 1 }] },
      { tools: [{ name: "book", url: 2 }] },
      [{ path: "tools[book].url", operation: "set", before: 1, after: 2 }],
    ],
    [
      "a moved item",
      { steps: [{ id: "a" }, { id: "b" }, { id: "c" }] },
      { steps: [{ id: "c" }, { id: "a" }, { id: "b" }] },
      [{ path: "steps[c]", operation: "move", before: 2, after: 0 }],
    ],
    [
      "an item put in front",
      { steps: [{ id: "a" }] },
      { steps: [{ id: "n" }, { id: "a" }] },
      [{ path: "steps[n]", operation: "add", after: { id: "n" }, rank: 0 }],
    ],
    [
      "a removed item",
      { steps: [{ id: "a" }, { id: "b" }] },
      { steps: [{ id: "b" }] },
      [{ path: "steps[a]", operation: "remove", before: { id: "a" }, rank: 0 }],
    ],
    [
      "an index array",
      { list: [1, 2, 3] },
      { list: [2, 3] },
      [{ path: "list", operation: "set", before: [1, 2, 3], after: [2, 3] }],
    ],
    [
      "names with dots and quotes",
      { "a.b": { "it's": 1 } },
      { "a.b": { "it's": 2 } },
      [{ path: `["a.b"]["it's"]`, operation: "set", before: 1, after: 2 }],
    ],
    ["a changed root", 1, "1", [{ path: "", operation: "set", before: 1, after: "1" }]],
  ];
  it.each(cases)("%s", (_name, before, after, expected) => expect(diffFields(before, after)).toEqual(expected));

  it("reports an item that moved and changed as both", () => {
    const changes = diffFields(
      [
        { id: "a", v: 1 },
        { id: "b", v: 1 },
      ],
      [
        { id: "b", v: 2 },
        { id: "a", v: 1 },
      ],
    );
    expect(changes.map(({ path, operation }) => `${operation} ${path}`)).toEqual(["set [b].v", "move [b]"]);
  });

  it("keeps a member called __proto__ a member", () => {
    const before = JSON.parse('{"__proto__":{"polluted":1}}') as Json;
    const after = JSON.parse('{"__proto__":{"polluted":2}}') as Json;
    const changes = diffFields(before, after);
    expect(changes).toEqual([{ path: "__proto__.polluted", operation: "set", before: 1, after: 2 }]);
    expect(JSON.stringify(applyFieldChanges(before, changes))).toBe(JSON.stringify(after));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

/** What comes of some changes; undefined when they no longer fit. */
function attempted(before: Json, changes: ReturnType<typeof diffFields>): Json | undefined {
  try {
    return applyFieldChanges(before, changes);
  } catch {
    return undefined;
  }
}

describe("applyFieldChanges", () => {
  it("refuses a change that does not fit, naming the place", () => {
    expect(() => applyFieldChanges({ a: 1 }, [{ path: "b", operation: "remove", before: 1 }])).toThrow("b");
    expect(() =>
      applyFieldChanges({ a: [{ id: "x" }] }, [{ path: "a[y].v", operation: "set", before: 1, after: 2 }]),
    ).toThrow("in .a");
    expect(() => applyFieldChanges({ a: 1 }, [{ path: "a.b", operation: "set", before: 1, after: 2 }])).toThrow("a");
  });

  it("refuses to add what is there already", () => {
    expect(() => applyFieldChanges({ a: 1 }, [{ path: "a", operation: "add", after: 2 }])).toThrow("a exists already");
    const item = { path: "a[x]", operation: "add", after: { id: "x" }, rank: 0 } as const;
    expect(() => applyFieldChanges({ a: [{ id: "x" }] }, [item])).toThrow("a[x] exists already");
  });

  it("shares what it does not touch", () => {
    const before = { same: { deep: [1] }, other: 1 };
    const result = applyFieldChanges(before, [
      { path: "other", operation: "set", before: 1, after: 2 },
    ]) as typeof before;
    expect(result.same).toBe(before.same);
    expect(before.other).toBe(1);
  });
});

describe("parsePath", () => {
  it.each([
    ["", []],
    ["a.b", ["a", "b"]],
    ["tools[book].url", ["tools", "book", "url"]],
    ["resources[telephony.number/main].fields", ["resources", "telephony.number/main", "fields"]],
    [`["a.b"]["c\\"]"].d`, ["a.b", 'c"]', "d"]],
  ])("%s", (path, segments) => expect(parsePath(path)).toEqual(segments));
});
