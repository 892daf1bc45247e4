import type { Json, JsonObject } from "@tandem/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { driftedFields, observedFrom } from "./drifted-fields.ts";

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom("Guten Tag, Praxis Grün", "line one\nline two", "é à ñ", " leading", "café\n\nnext"),
);
const leaf: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const object = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{0,8}$/), tie("value"), {
    maxKeys: 5,
  }),
})).object;

/** The same value as a vendor may show it later: what it does to each member is drawn at random. */
function rendered(value: Json, draw: () => number): Json {
  if (typeof value === "string") return renderedText(value, draw());
  if (Array.isArray(value)) return value.map((item) => rendered(item as Json, draw));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [name, rendered(member, draw)]);
  const empties: [string, Json][] = [
    ["x_added", ""],
    ["x_list", []],
    ["x_map", {}],
    ["x_none", null],
  ];
  const added = empties.filter(() => draw() % 3 === 0);
  const all = [...added, ...members].filter(([, member]) => draw() % 2 === 0 || !isEmpty(member));
  return Object.fromEntries(draw() % 2 === 0 ? all : all.toReversed());
}

const isEmpty = (value: Json): boolean =>
  value === null || value === "" || (JSON.stringify(value).length === 2 && typeof value === "object");

function renderedText(value: string, choice: number): string {
  const spaced = choice % 2 === 0 ? value.replaceAll("\n", " \r\n") : value;
  return choice % 3 === 0 ? spaced.normalize("NFD") : spaced;
}

test("an object as the vendor shows it later is clean, whatever its defaults, order, line ends and letters", () => {
  fc.assert(
    fc.property(object, fc.infiniteStream(fc.nat(100)), (applied, stream) => {
      const observed = rendered(applied, () => stream.next().value as number) as JsonObject;
      expect(driftedFields(applied, observed)).toEqual([]);
      expect(driftedFields(observed, applied)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("what a person changes is drift at its path, however much the vendor rearranges besides", () => {
  fc.assert(
    fc.property(
      object,
      fc.stringMatching(/^[a-z]{3,9}$/),
      fc.infiniteStream(fc.nat(100)),
      (applied, edited, stream) => {
        const draw = () => stream.next().value as number;
        const before = { ...applied, prompt: "as ours" };
        const observed = rendered({ ...before, prompt: `as ours ${edited}` }, draw) as JsonObject;
        const drifted = driftedFields(before, observed);
        expect(drifted.map(({ path }) => path)).toEqual(["prompt"]);
        expect(driftedFields(observedFrom(before, drifted), observed)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test.each<[string, JsonObject, JsonObject, string[]]>([
  ["another number", { speed: 1 }, { speed: 1.1 }, ["speed"]],
  ["another case", { voice: "Anna" }, { voice: "anna" }, ["voice"]],
  ["spaces within a line", { prompt: "be  kind" }, { prompt: "be kind" }, ["prompt"]],
  ["a field that was emptied", { url: "https://a.example" }, { url: "" }, ["url"]],
  ["a default that is not empty", { a: 1 }, { a: 1, speed: 1 }, ["speed"]],
  ["false where nothing was", { a: 1 }, { a: 1, isLogged: false }, ["isLogged"]],
  [
    "items in another order",
    { stages: [{ key: "a" }, { key: "b" }] },
    { stages: [{ key: "b" }, { key: "a" }] },
    ["stages[b]"],
  ],
])("%s is drift", (_name, applied, observed, paths) => {
  expect(driftedFields(applied, observed).map(({ path }) => path)).toEqual(paths);
});
