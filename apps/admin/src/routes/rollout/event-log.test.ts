import { expect, test } from "vitest";
import { logged, type RolloutEvent } from "./event-log.ts";

const event = (seq: number): RolloutEvent => ({
  rolloutId: "r",
  seq,
  at: "2026-11-28T10:00:00.000Z",
  type: "operation-done",
  phase: "applying",
  payload: {},
});
const seqs = (log: readonly RolloutEvent[]) => log.map(({ seq }) => seq);

test("an event that is sent again after a reconnect is logged once", () => {
  const log = logged([], [event(0), event(1), event(2)]);
  expect(seqs(logged(log, [event(1), event(2), event(3)]))).toEqual([0, 1, 2, 3]);
});

test("nothing new leaves the log as it is, so that nothing is drawn again", () => {
  const log = logged([], [event(0)]);
  expect(logged(log, [event(0)])).toBe(log);
  expect(logged(log, [])).toBe(log);
});
