import { expect, test } from "vitest";
import { bandsOf, type Line, lineLabel, overSpan, rowsOf, type Series, shownLines } from "./series.ts";

const point = (bucket: number, value: number | null, sampleSize: number) => ({ bucket, value, sampleSize, unknown: 0 });
const line = (release: string | null, version: string, points: ReturnType<typeof point>[] = []): Line => ({
  release,
  playbook: `desk@${version}`,
  calls: 1,
  kpis: [{ formula: "self-serve", points }],
});
const day = (date: number) => new Date(Date.UTC(2026, 10, date)).toISOString();
const buckets = [1, 2, 3].map((date) => ({ from: day(date), to: day(date + 1), isComplete: date < 3 }));
const series = (lines: readonly Line[]) => ({ lines, buckets }) as unknown as Series;

test("a ratio over the span weighs by calls, a count is added, nothing is nothing", () => {
  const points = [point(0, 1, 1), point(1, 0.5, 3), point(2, null, 0)];
  expect(overSpan(points, "ratio")).toEqual({ value: 0.625, sampleSize: 4, unknown: 0 });
  expect(overSpan([point(0, 2, 9), point(1, 3, 5)], "count")).toEqual({ value: 5, sampleSize: 14, unknown: 0 });
  expect(overSpan([point(0, null, 0)], "ratio").value).toBeNull();
});

test("what takes calls now comes first, at most four are shown", () => {
  const lines = ["e", "d", "c", "b", "a"].map((hash, index) => line(hash, `1.${index}.0`));
  expect(shownLines(series(lines), "c").map(({ release }) => release)).toEqual(["c", "e", "d", "b"]);
  expect(shownLines(series(lines), "z")).toHaveLength(4);
});

test("lines are called by version, releases by version and the beginning of their hash", () => {
  expect(lineLabel(line("sha256:0123456789abcdef", "2.0.0"))).toBe("2.0.0 · 01234567");
  expect(lineLabel(line(null, "2.0.0"))).toBe("2.0.0");
  expect(lineLabel({ ...line("0123456789abcdef", ""), playbook: null })).toBe("01234567");
});

test("bands go from switch to switch; what stood before the first, and after a rollback, is not guessed", () => {
  const move = (date: number, cause: string, release: string | null) => ({ at: day(date), cause, release });
  const moves = [move(2, "switch", "new"), move(2.5, "shift", "new"), move(3, "rollback", "new")];
  expect(bandsOf({ buckets, moves } as unknown as Series)).toEqual([
    { fromMs: Date.parse(day(1)), toMs: Date.parse(day(2)), release: null },
    { fromMs: Date.parse(day(2)), toMs: Date.parse(day(3)), release: "new" },
    { fromMs: Date.parse(day(3)), toMs: Date.parse(day(4)), release: null },
  ]);
  expect(bandsOf({ buckets, moves: [] })).toEqual([]);
});

test("the table has the latest bucket first and none without a call", () => {
  const lines = [line("b", "2.0.0", [point(2, 1, 4)]), line("a", "1.0.0", [point(0, 0.5, 2)])];
  const rows = rowsOf(series(lines), lines, "self-serve");
  expect(rows.map(({ bucket, isComplete }) => [bucket, isComplete])).toEqual([
    [2, false],
    [0, true],
  ]);
  expect(rows[1]?.points).toEqual([undefined, point(0, 0.5, 2)]);
});
