import { expect, test } from "vitest";
import { dayAfter, dayOf, instantAt, startOfDay } from "./calendar-day.ts";

test("a day begins when the zone's clocks say so, also where they change", () => {
  expect(startOfDay("2026-11-28", "UTC")).toBe("2026-11-28T00:00:00.000Z");
  expect(startOfDay("2026-11-28", "Europe/Berlin")).toBe("2026-11-27T23:00:00.000Z");
  expect(startOfDay("2026-07-01", "America/Los_Angeles")).toBe("2026-07-01T07:00:00.000Z");
  expect(startOfDay("2026-03-29", "Europe/Berlin")).toBe("2026-03-28T23:00:00.000Z");
  expect(startOfDay("2026-03-30", "Europe/Berlin")).toBe("2026-03-29T22:00:00.000Z");
  expect(startOfDay("2026-10-26", "Europe/Berlin")).toBe("2026-10-25T23:00:00.000Z");
});

test("a time of a day is that of the zone's clocks", () => {
  expect(instantAt("2026-11-28T10:00", "Europe/Berlin")).toBe("2026-11-28T09:00:00.000Z");
  expect(instantAt("2026-07-01T22:30", "America/Los_Angeles")).toBe("2026-07-02T05:30:00.000Z");
  for (const text of ["", "soon", "2026-11-28", "2026-11-28T25:00"]) expect(instantAt(text, "UTC"), text).toBeNull();
});

test("an instant is of the zone's day, and days follow each other over months", () => {
  expect(dayOf(Date.parse("2026-11-27T23:30:00Z"), "Europe/Berlin")).toBe("2026-11-28");
  expect(dayOf(Date.parse("2026-11-27T23:30:00Z"), "America/New_York")).toBe("2026-11-27");
  expect(dayAfter("2026-12-31")).toBe("2027-01-01");
});

test("what is no day has none", () => {
  for (const text of ["2026-13-01", "yesterday", "2026-11-28T10:00:00Z", ""]) {
    expect(startOfDay(text, "UTC"), text).toBeNull();
    expect(dayAfter(text), text).toBeNull();
  }
});
