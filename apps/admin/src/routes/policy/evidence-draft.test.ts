import { expect, test } from "vitest";
import { type Evidence, evidenceDraftOf, evidenceErrors, evidenceOf } from "./evidence-draft.ts";

const policy: Evidence = {
  minCalls: 12,
  extendMs: 3_600_000,
  whenInconclusive: "accept",
  margins: { booked: 0.07, errors: 1 },
  falseBreachRate: 0.05,
  falsePassRate: 0.1,
};

test("what is shown and not touched is sent as it was", () => {
  expect(evidenceOf(evidenceDraftOf(policy))).toEqual(policy);
  expect(evidenceOf(evidenceDraftOf(null))).toBeNull();
});

test("margins are per cent, with a comma too; an empty one is not judged", () => {
  const draft = evidenceDraftOf(policy);
  const margins = { ...draft.margins, booked: "12,5", errors: " " };
  expect(evidenceOf({ ...draft, margins })?.margins).toEqual({ booked: 0.125 });
});

test("every place says what is wrong with it, and nothing is wrong where nothing is judged", () => {
  const draft = evidenceDraftOf(policy);
  const odd = {
    ...draft,
    minCalls: "1.5",
    extendMs: null,
    falseBreachRate: "60",
    margins: { ...draft.margins, booked: "x" },
  };
  expect(Object.keys(evidenceErrors(odd))).toEqual(["/minCalls", "/extendMs", "/margins/booked", "/falseBreachRate"]);
  expect(evidenceErrors({ ...odd, isJudged: false })).toEqual({});
  expect(evidenceErrors(draft)).toEqual({});
});
