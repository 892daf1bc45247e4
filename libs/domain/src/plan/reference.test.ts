import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { referencesIn, resolveReferences } from "./reference.ts";

const ADDRESSES = ["voice-agent.llm/main", "voice-agent.agent/main", "crm.property/lead_source"];
const reference = fc.record({
  $ref: fc.constantFrom(...ADDRESSES),
  part: fc.constantFrom("externalId" as const, "version" as const),
});
const { fields } = fc.letrec<{ value: Json; fields: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    reference as fc.Arbitrary<Json>,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("fields"),
  ),
  fields: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie("value"), { maxKeys: 4 }),
}));
const binding = fc.record({
  address: fc.constantFrom(...ADDRESSES),
  slot: fc.constantFrom("blue" as const, "green" as const, null),
  externalId: fc.option(fc.constant("x1")),
  version: fc.option(fc.constant("3")),
});

/** How many places a value has: what nothing may be taken out of. */
const placesIn = (value: Json): number =>
  Array.isArray(value)
    ? value.reduce<number>((sum, item) => sum + placesIn(item), 1)
    : isJsonObject(value) && !("$ref" in value)
      ? Object.values(value).reduce<number>((sum, member) => sum + placesIn(member), 1)
      : 1;

test("a reference to nothing is an error wherever it stands: it is neither left out nor sent as it is", () => {
  let sent = 0;
  let refused = 0;
  fc.assert(
    fc.property(fields, fc.array(binding, { maxLength: 4 }), (wanted, bindings) => {
      const isKnown = referencesIn(wanted).every(({ $ref, part }) => {
        const bound = bindings.find(({ address, slot }) => address === $ref && slot !== "green");
        return (bound?.[part] ?? null) !== null;
      });
      if (!isKnown) {
        refused += 1;
        expect(() => resolveReferences(wanted, bindings, "blue")).toThrow(/has no (externalId|version) yet/);
        return;
      }
      sent += 1;
      const resolved = resolveReferences(wanted, bindings, "blue");
      expect(referencesIn(resolved)).toEqual([]);
      expect(placesIn(resolved)).toBe(placesIn(wanted));
    }),
    { numRuns: 2000 },
  );
  expect(Math.min(sent, refused)).toBeGreaterThan(100);
});
