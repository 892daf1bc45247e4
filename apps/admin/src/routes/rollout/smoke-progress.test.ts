import { expect, test } from "vitest";
import type { RolloutEvent } from "./event-log.ts";
import { progressOf } from "./smoke-progress.ts";

let seq = 0;
const event = (type: string, payload: RolloutEvent["payload"]): RolloutEvent => ({
  rolloutId: "r",
  seq: ++seq,
  at: "2026-11-28T12:00:00.000Z",
  phase: "smoke-testing",
  type,
  payload,
});
const planned = event("scenarios-planned", { scenarios: ["booking", "silence", "noise"] });
const began = (scenario: string) => event("scenario-began", { scenario });
const ended = (scenario: string, result: string) => event("scenario-ended", { scenario, result });

test("each conversation stands as it was last told of", () => {
  expect(progressOf([])).toEqual([]);
  const log = [planned, began("silence"), began("booking"), ended("silence", "passed"), ended("booking", "not passed")];
  expect(progressOf(log.slice(0, 3))).toEqual([
    { name: "booking", state: "under way" },
    { name: "silence", state: "under way" },
    { name: "noise", state: "to come" },
  ]);
  expect(progressOf(log).map(({ state }) => state)).toEqual(["not passed", "passed", "to come"]);
});

test("whoever takes over begins anew", () => {
  const again = event("scenarios-planned", { scenarios: ["booking", "silence"] });
  const log = [planned, began("booking"), ended("booking", "passed"), again, began("silence")];
  expect(progressOf(log)).toEqual([
    { name: "booking", state: "to come" },
    { name: "silence", state: "under way" },
  ]);
});
