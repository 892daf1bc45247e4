import type { Probe } from "./probe.ts";

/** A free or booked span, instants in ISO 8601 UTC. */
export interface TimeSpan {
  readonly start: string;
  readonly end: string;
}

export interface Booking {
  /** Ours: makes the write idempotent (call-scoped key). Lower-case base32hex. */
  readonly key: string;
  readonly span: TimeSpan;
  readonly title: string;
  readonly description: string;
  readonly attendeeEmail?: string;
  /** Marks what a smoke test made, so that it can be found and removed. */
  readonly isTest: boolean;
  /** With `isTest`: who tests, e.g. a deployment's id. What a test lost sight of (its process died) is found by it. */
  readonly testedBy?: string;
}

export interface BookedEvent {
  readonly eventId: string;
  readonly key: string;
  readonly span: TimeSpan;
}

/** Bookings in one calendar. Errors: `VendorError`. */
export interface Calendar extends Probe {
  /** Spans of `slotMinutes` inside the window that do not overlap anything busy; at most `limit`, earliest first. */
  freeSlots(calendarId: string, window: TimeSpan, slotMinutes: number, limit: number): Promise<readonly TimeSpan[]>;
  /** Books; the same key again returns the first booking unchanged. */
  book(calendarId: string, booking: Booking): Promise<BookedEvent>;
  /** Moves a booking; `VendorError` fault `not-found` when it is gone. */
  reschedule(calendarId: string, eventId: string, span: TimeSpan): Promise<BookedEvent>;
  /** Cancels; cancelling what is gone is not an error. */
  cancel(calendarId: string, eventId: string): Promise<void>;
  /** The booking with this key, or null. */
  findByKey(calendarId: string, key: string): Promise<BookedEvent | null>;
  /** Removes every booking that bears the test mark of this tester, and nothing else. */
  removeTestEvents(calendarId: string, testedBy: string): Promise<void>;
}
