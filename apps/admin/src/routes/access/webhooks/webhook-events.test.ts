import { expect, test } from "vitest";
import { filterText, groupsOf, withFilter } from "./webhook-events.ts";

test("every noun has its events, and no event is named twice", () => {
  const groups = [...groupsOf(false), ...groupsOf(true)];
  expect(groups.every(({ events }) => events.length > 0)).toBe(true);
  const types = groupsOf(false).flatMap(({ events }) => events.map(({ type }) => type));
  expect(new Set(types).size).toBe(types.length);
  expect(types).toContain("rollout.needs-attention");
});

test("the platform is told of what is its own, and a tenant of none of that", () => {
  expect(groupsOf(true).map(({ filter }) => filter)).toEqual(["fleet-rollout.*", "webhook.*"]);
  expect(groupsOf(false).map(({ filter }) => filter)).not.toContain("fleet-rollout.*");
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
