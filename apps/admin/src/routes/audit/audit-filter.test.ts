import { expect, test } from "vitest";
import { filterIn, isNarrowed, objectParts, queryOf } from "./audit-filter.ts";

test("days of the address are whole days of the zone, the last one within", () => {
  expect(queryOf({ from: "2026-11-27", to: "2026-11-28", action: "rollout" }, "America/New_York")).toEqual({
    action: "rollout",
    from: "2026-11-27T05:00:00.000Z",
    to: "2026-11-29T05:00:00.000Z",
  });
  expect(queryOf({ from: "yesterday" }, "UTC")).toEqual({});
});

test("an address gives what it may and nothing else", () => {
  expect(filterIn({ text: "rolled", actor: 7, action: "x".repeat(101), sort: "up" })).toEqual({
    text: "rolled",
    actor: "7",
  });
  expect(isNarrowed(filterIn({}))).toBe(false);
  expect(isNarrowed({ object: "deployment" })).toBe(true);
});

test("an object is told by kind and id", () => {
  expect(objectParts("overlay/a/b")).toEqual({ kind: "overlay", id: "a/b" });
  expect(objectParts("prices")).toEqual({ kind: "prices", id: "" });
});
