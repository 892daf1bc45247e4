import { base32hex, VendorError } from "@tandem/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Booking, Calendar, TimeSpan } from "../calendar.ts";

/** A calendar to try, and the means to put something into it by another way than the port. */
export interface CalendarSubject {
  readonly calendar: Calendar;
  readonly calendarId: string;
  /** Nothing is in the calendar in these (at least eight) hours; they begin on a full hour in the future. */
  readonly emptyHours: TimeSpan;
  /** Takes a span as the calendar's owner would, by hand. */
  block(span: TimeSpan): Promise<void>;
  close(): Promise<void>;
}

/** What every adapter with a calendar must do. */
export function calendarContract(vendor: string, open: () => Promise<CalendarSubject>): void {
  describe(`${vendor} keeps the calendar contract`, () => {
    let subject: CalendarSubject;
    beforeAll(async () => void (subject = await open()));
    afterAll(() => subject.close());

    const hour = (from: number, to = from + 1): TimeSpan => hoursIn(subject.emptyHours, from, to);
    const book = (key: string, span: TimeSpan) => subject.calendar.book(subject.calendarId, booking(key, span));
    const free = (window: TimeSpan, minutes = 30, limit = 50) =>
      subject.calendar.freeSlots(subject.calendarId, window, minutes, limit);

    test("free slots are the window's, of the length asked for, earliest first, at most the limit", async () => {
      expect(await free(hour(0, 2))).toEqual([hour(0, 0.5), hour(0.5, 1), hour(1, 1.5), hour(1.5, 2)]);
      expect(await free(hour(0, 2), 60, 1)).toEqual([hour(0, 1)]);
    });

    test("what the owner took by hand is not offered", async () => {
      await subject.block(hour(0.75, 1.25));
      expect(await free(hour(0, 2))).toEqual([hour(0, 0.5), hour(1.5, 2)]);
    });

    test("a booking takes its time, and the same key again returns the first booking unchanged", async () => {
      const first = await book("a", hour(2));
      expect(first).toMatchObject({ key: keyOf("a"), span: hour(2) });
      expect(await book("a", hour(2))).toEqual(first);
      expect(await book("a", hour(5))).toEqual(first);
      expect(await free(hour(2, 6), 60)).toEqual([hour(3), hour(4), hour(5)]);
    });

    test("a time that is taken cannot be booked a second time", async () => {
      await expect(book("b", hour(2.5, 3.5))).rejects.toMatchObject({ facts: { fault: "conflict", effect: "none" } });
      expect(await subject.calendar.findByKey(subject.calendarId, keyOf("b"))).toBeNull();
    });

    test("a booking is found by its key and moved, which frees its old time", async () => {
      const found = await subject.calendar.findByKey(subject.calendarId, keyOf("a"));
      const moved = await subject.calendar.reschedule(subject.calendarId, found?.eventId ?? "", hour(4));
      expect(moved).toEqual({ eventId: found?.eventId, key: keyOf("a"), span: hour(4) });
      expect(await subject.calendar.reschedule(subject.calendarId, moved.eventId, hour(4))).toEqual(moved);
      expect(await free(hour(2, 6), 60)).toEqual([hour(2), hour(3), hour(5)]);
    });

    test("a cancelled booking is gone for every method, and cancelling it again is no error", async () => {
      const found = await subject.calendar.findByKey(subject.calendarId, keyOf("a"));
      const eventId = found?.eventId ?? "";
      await subject.calendar.cancel(subject.calendarId, eventId);
      await subject.calendar.cancel(subject.calendarId, eventId);
      expect(await subject.calendar.findByKey(subject.calendarId, keyOf("a"))).toBeNull();
      expect(await free(hour(4), 60)).toEqual([hour(4)]);
      await expect(subject.calendar.reschedule(subject.calendarId, eventId, hour(5))).rejects.toMatchObject({
        facts: { fault: "not-found", effect: "none" },
      });
    });

    test("the key of a cancelled booking books anew", async () => {
      expect(await book("a", hour(6))).toMatchObject({ key: keyOf("a"), span: hour(6) });
      expect(await subject.calendar.findByKey(subject.calendarId, keyOf("a"))).toMatchObject({ span: hour(6) });
    });

    test("an event that never was: cancelled without error, moved never, found never", async () => {
      await subject.calendar.cancel(subject.calendarId, keyOf("never"));
      expect(await subject.calendar.findByKey(subject.calendarId, keyOf("never"))).toBeNull();
      await expect(subject.calendar.reschedule(subject.calendarId, keyOf("never"), hour(7))).rejects.toBeInstanceOf(
        VendorError,
      );
    });

    test("what a test made is removed by who tested, and nothing else is", async () => {
      const make = (name: string, from: number, mark: Partial<Booking>) =>
        subject.calendar.book(subject.calendarId, { ...booking(name, hour(from, from + 0.5)), ...mark });
      await make("test-1", 7, { testedBy: "tester-1" });
      await make("test-2", 7.5, { testedBy: "tester-2" });
      await subject.calendar.removeTestEvents(subject.calendarId, "tester-1");
      expect(await subject.calendar.findByKey(subject.calendarId, keyOf("test-1"))).toBeNull();
      expect(await subject.calendar.findByKey(subject.calendarId, keyOf("test-2"))).not.toBeNull();
      await subject.calendar.removeTestEvents(subject.calendarId, "tester-2");
      expect(await free(hour(7), 60)).toEqual([hour(7)]);
    });

    test("a calendar that does not exist is an error, never an empty diary", async () => {
      const unknown = subject.calendar.freeSlots("no-such-calendar", hour(0, 8), 30, 5);
      await expect(unknown).rejects.toMatchObject({ facts: { fault: "not-found" } });
    });

    test("the probe names the account and what was granted", async () => {
      const probe = await subject.calendar.probe();
      expect(probe.status).toBe("active");
      expect(probe.account).not.toBe("");
    });
  });
}

function hoursIn(span: TimeSpan, from: number, to: number): TimeSpan {
  const startMs = Date.parse(span.start);
  const at = (hours: number) => new Date(startMs + hours * 3_600_000).toISOString();
  return { start: at(from), end: at(to) };
}

/** A fresh booking key for each run of the suite, the same within it. */
const run = base32hex(crypto.getRandomValues(new Uint8Array(10)));
const keyOf = (name: string): string => `${run}${base32hex(new TextEncoder().encode(name))}`;

const booking = (key: string, span: TimeSpan): Booking => ({
  key: keyOf(key),
  span,
  title: "Contract suite",
  description: "Made by the contract suite",
  isTest: true,
});
