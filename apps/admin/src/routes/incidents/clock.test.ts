import { expect, test } from "vitest";
import { clockAt } from "./clock.tsx";
import { clockText } from "./seconds.ts";

const START = Date.parse("2026-11-28T10:00:00.000Z");
const span = { startedAt: "2026-11-28T10:00:00.000Z", dueAt: "2026-11-28T10:10:00.000Z", endedAt: null };
const at = (seconds: number, over: object = {}) => clockAt({ ...span, ...over }, START + seconds * 1000);

test("a clock tells what is left, warns near its end and says by how much it is over", () => {
  expect(at(60)).toMatchObject({ text: "9:00 left", tone: "busy", share: 0.1 });
  expect(at(8 * 60)).toMatchObject({ text: "2:00 left", tone: "warn" });
  expect(at(11 * 60 + 5)).toMatchObject({ text: "1:05 over", tone: "bad", share: 1 });
});

test("a stopped clock tells how long it took, whatever the time is", () => {
  expect(at(9999, { endedAt: "2026-11-28T10:04:00.000Z" })).toMatchObject({ text: "took 4 min", tone: "good" });
  expect(at(9999, { endedAt: "2026-11-28T10:12:00.000Z" })).toMatchObject({
    text: "took 12 min, 2 min too long",
    tone: "warn",
  });
});

test("a clock that has not begun shows nothing; hours are shown when there are some", () => {
  expect(at(1, { startedAt: null })).toBeNull();
  expect(clockText(3_849_000)).toBe("1:04:09");
});
