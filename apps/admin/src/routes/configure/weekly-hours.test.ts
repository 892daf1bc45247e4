import { expect, test } from "vitest";
import { CLOSED, joined, minutesOf, openness, painted, readTime, weeklyHoursOf, weekText } from "./weekly-hours.ts";

const office = [{ from: "09:00", to: "17:00" }];

test("times are read as people type them, and stay as they are when they are none", () => {
  const read = ["9", "930", "9.30", "9:30", "17h15", "5pm", "12 am", "24", "24:00"].map(readTime);
  expect(read).toEqual(["09:00", "09:30", "09:30", "09:30", "17:15", "17:00", "00:00", "24:00", "24:00"]);
  expect(["25", "9:75", "noon", "", "24:30", "13pm"].map(readTime)).toEqual([
    "25",
    "9:75",
    "noon",
    "",
    "24:30",
    "13pm",
  ]);
  expect([minutesOf("24:00"), minutesOf("24:01"), minutesOf("9:00")]).toEqual([1440, null, null]);
});

test("opening joins what touches, closing cuts", () => {
  expect(painted(office, { from: 1020, to: 1080 }, true)).toEqual([{ from: "09:00", to: "18:00" }]);
  expect(painted(office, { from: 720, to: 750 }, false)).toEqual([
    { from: "09:00", to: "12:00" },
    { from: "12:30", to: "17:00" },
  ]);
  expect(painted(office, { from: 0, to: 1440 }, false)).toEqual([]);
  expect(painted([], { from: 1410, to: 1440 }, true)).toEqual([{ from: "23:30", to: "24:00" }]);
  expect(joined([{ from: "13:00", to: "12:00" }, { from: "x", to: "y" }, ...office])).toEqual([
    { from: 540, to: 1020 },
  ]);
});

test("a part of the day is open, closed or partly", () => {
  const spans = joined([{ from: "09:15", to: "17:00" }]);
  const at = (from: number) => openness(spans, { from, to: from + 30 });
  expect([at(510), at(540), at(570), at(1020)]).toEqual(["closed", "partly", "open", "closed"]);
});

test("a week in words keeps equal days together", () => {
  const week = { ...CLOSED, monday: office, tuesday: office, thursday: [{ from: "00:00", to: "24:00" }] };
  expect(weekText(week)).toBe("Mon–Tue 09:00–17:00, Wed closed, Thu all day, Fri–Sun closed");
  expect(weeklyHoursOf({ monday: office, tuesday: "x", extra: [] })).toEqual({ ...CLOSED, monday: office });
});
