import { expect, test } from "vitest";
import { EVENT_GROUPS, filterText, withFilter } from "./webhook-events.ts";

test("every noun has its events, and no event is named twice", () => {
  expect(EVENT_GROUPS.every(({ events }) => events.length > 0)).toBe(true);
  const types = EVENT_GROUPS.flatMap(({ events }) => events.map(({ type }) => type));
  expect(new Set(types).size).toBe(types.length);
  expect(types).toContain("rollout.needs-attention");
});

test("what a wider filter covers is not named beside it", () => {
  expect(withFilter(["rollout.ended", "drift.found"], "rollout.*", true)).toEqual(["drift.found", "rollout.*"]);
  expect(withFilter(["rollout.*", "drift.found"], "*", true)).toEqual(["*"]);
  expect(withFilter(["*"], "*", false)).toEqual([]);
  expect(withFilter(["drift.found"], "rollout.ended", true)).toEqual(["drift.found", "rollout.ended"]);
});

test("filters are told in words; one that is not known stays as it is", () => {
  expect(filterText(["*"])).toBe("everything");
  expect(filterText(["pointer.*", "rollout.ended", "later.*"])).toBe("Where calls go, A rollout ended, later.*");
});
