import { expect, test } from "vitest";
import { entriesOf } from "./timeline-entries.ts";

const event = (seq: number, type: string) =>
  ({ rolloutId: "r", seq, at: "2026-11-28T10:00:00Z", type, phase: "applying", payload: {} }) as const;

test("the newest stands first, and operations in a row are one entry that keeps its place while it grows", () => {
  const types = ["phase-entered", "operation-done", "operation-done", "phase-entered", "operation-done"];
  const log = types.map((type, seq) => event(seq, type));
  const entries = entriesOf(log);
  expect(entries.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    "operations 4",
    "event 3",
    "operations 1",
    "event 0",
  ]);
  expect(entries[2]?.events.map(({ seq }) => seq)).toEqual([1, 2]);
});
