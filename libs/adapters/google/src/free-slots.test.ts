import fc from "fast-check";
import { expect, test } from "vitest";
import { freeSlots } from "./free-slots.ts";

const DAY = Date.parse("2026-11-20T00:00:00Z");
const at = (minutes: number): string => new Date(DAY + minutes * 60_000).toISOString();
const span = (from: number, to: number) => ({ start: at(from), end: at(to) });
const minutesOf = (slot: { start: string; end: string }) =>
  [slot.start, slot.end].map((instant) => (Date.parse(instant) - DAY) / 60_000) as [number, number];

test.each([
  ["an empty day", span(540, 660), [], 60, [span(540, 600), span(600, 660)]],
  ["a ragged window begins on the grid", span(547, 660), [], 30, [span(570, 600), span(600, 630), span(630, 660)]],
  [
    "after something ragged the grid is found again",
    span(540, 660),
    [span(540, 583)],
    30,
    [span(600, 630), span(630, 660)],
  ],
  ["touching is not overlapping", span(540, 630), [span(570, 600)], 30, [span(540, 570), span(600, 630)]],
  ["busy spans may overlap and come unsorted", span(540, 720), [span(600, 610), span(540, 660)], 60, [span(660, 720)]],
  ["too short a window", span(540, 560), [], 30, []],
  ["all taken", span(540, 660), [span(0, 1440)], 15, []],
  ["45 minutes start on quarter hours", span(540, 660), [span(540, 550)], 45, [span(555, 600), span(600, 645)]],
])("%s", (_, window, busy, slotMinutes, slots) => {
  expect(freeSlots(window, busy, slotMinutes, 50)).toEqual(slots);
});

const spans = fc.array(
  fc
    .tuple(fc.integer({ min: -200, max: 1500 }), fc.integer({ min: 1, max: 300 }))
    .map(([from, length]) => span(from, from + length)),
  { maxLength: 12 },
);
const cases = fc.record({
  from: fc.integer({ min: 0, max: 1200 }),
  length: fc.integer({ min: 1, max: 700 }),
  busy: spans,
  slotMinutes: fc.constantFrom(5, 10, 15, 20, 25, 30, 45, 50, 60, 90, 120),
  limit: fc.integer({ min: 1, max: 30 }),
});

test("every slot is inside the window, of the right length, on the grid, and overlaps nothing", () => {
  fc.assert(
    fc.property(cases, ({ from, length, busy, slotMinutes, limit }) => {
      const slots = freeSlots(span(from, from + length), busy, slotMinutes, limit).map(minutesOf);
      expect(slots.length).toBeLessThanOrEqual(limit);
      let before = from;
      for (const [start, end] of slots) {
        expect(end - start).toBe(slotMinutes);
        expect(start % divisor(slotMinutes, 30)).toBe(0);
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeLessThanOrEqual(from + length);
        expect(busy.map(minutesOf).some(([busyFrom, busyTo]) => busyFrom < end && start < busyTo)).toBe(false);
        before = end;
      }
    }),
  );
});

test("no free grid start is passed over while the limit is not reached", () => {
  fc.assert(
    fc.property(cases, ({ from, length, busy, slotMinutes }) => {
      const slots = freeSlots(span(from, from + length), busy, slotMinutes, 1000).map(minutesOf);
      const taken = [...busy.map(minutesOf), ...slots];
      const grid = divisor(slotMinutes, 30);
      for (let start = Math.ceil(from / grid) * grid; start + slotMinutes <= from + length; start += grid) {
        const isFree = !taken.some(([busyFrom, busyTo]) => busyFrom < start + slotMinutes && start < busyTo);
        expect(isFree).toBe(false);
      }
    }),
  );
});

const divisor = (one: number, other: number): number => (other === 0 ? one : divisor(other, one % other));
