import { AppError } from "@tandem/kernel";
import type { BookedEvent, Booking, Calendar, TimeSpan } from "@tandem/ports/calendar";
import type { GoogleClient, GoogleRequests } from "./client.ts";
import { freeSlots } from "./free-slots.ts";
import { probeGoogle } from "./probe.ts";
import { isConflict, isGone, refusal } from "./refusal.ts";
import { WireEvent, WireEvents, WireFreeBusy } from "./wire.ts";

/** Names under `extendedProperties.private`: ours alone, searchable, not shown to guests. */
const KEY_PROPERTY = "tandemKey";
const TEST_PROPERTY = "tandemTest";
const EVENT_ID = /^[0-9a-v]{5,1024}$/u;

/** Bookings through Google Calendar. The booking's key is the event's id, so a repeated booking is refused by the vendor itself. */
export function googleCalendar(client: GoogleClient): Calendar {
  return {
    probe: () => probeGoogle(client),
    async freeSlots(calendarId, window, slotMinutes, limit) {
      requireSpan(window);
      if (!(slotMinutes > 0)) throw new AppError("invalid_input", "slotMinutes must be positive");
      const busy = await client.run("free slots", (requests) => readBusy(requests, calendarId, window));
      return freeSlots(window, busy, slotMinutes, limit);
    },
    async book(calendarId, booking) {
      requireSpan(booking.span);
      if (!EVENT_ID.test(booking.key))
        throw new AppError("invalid_input", "a booking key is lower-case base32hex, 5 to 1024 characters");
      return client.run("book", (requests) => book(requests, calendarId, booking));
    },
    async reschedule(calendarId, eventId, span) {
      requireSpan(span);
      return client.run("reschedule", (requests) => reschedule(requests, calendarId, eventId, span));
    },
    cancel: (calendarId, eventId) => client.run("cancel", (requests) => remove(requests, calendarId, eventId, "all")),
    findByKey: (calendarId, key) =>
      client.run("find booking", async (requests) => {
        const event = await readEvent(requests, calendarId, key);
        return event === null || event.status === "cancelled" ? null : toBooked(event);
      }),
    removeTestEvents: (calendarId, testedBy) =>
      client.run("remove test events", (requests) => removeTestEvents(requests, calendarId, testedBy)),
  };
}

function requireSpan(span: TimeSpan): void {
  if (Date.parse(span.start) < Date.parse(span.end)) return;
  throw new AppError("invalid_input", "a time span needs a start before its end, both ISO 8601");
}

async function readBusy(requests: GoogleRequests, calendarId: string, window: TimeSpan): Promise<readonly TimeSpan[]> {
  const requestBody = { timeMin: window.start, timeMax: window.end, timeZone: "UTC", items: [{ id: calendarId }] };
  const answer = await requests.read(
    (api, options) => api.freebusy.query({ requestBody }, options),
    WireFreeBusy.parse,
  );
  const calendar = answer.calendars[calendarId];
  const reason = calendar?.errors?.[0]?.reason;
  if (calendar === undefined || reason !== undefined) {
    throw refusal(
      "free slots",
      reason === "notFound" || calendar === undefined ? "not-found" : "unavailable",
      `busy times cannot be read (${reason ?? "calendar missing"})`,
    );
  }
  return calendar.busy ?? [];
}

/** Looks before it leaps, because Google books over an appointment without a word; a repeat of the same key finds its own first booking. */
async function book(requests: GoogleRequests, calendarId: string, booking: Booking): Promise<BookedEvent> {
  const busy = await readBusy(requests, calendarId, booking.span);
  if (busy.length > 0) {
    const existing = await readEvent(requests, calendarId, booking.key);
    if (existing !== null && existing.status !== "cancelled") return toBooked(existing);
    throw refusal("book", "conflict", "that time is taken");
  }
  const sendUpdates = booking.attendeeEmail === undefined || booking.isTest ? "none" : "all";
  const requestBody = { id: booking.key, ...eventOf(booking) };
  try {
    return toBooked(
      await requests.write(
        (api, options) => api.events.insert({ calendarId, sendUpdates, requestBody }, options),
        WireEvent.parse,
      ),
    );
  } catch (error) {
    if (!isConflict(error)) throw error;
    return bookedBefore(requests, calendarId, booking);
  }
}

/** The id is in use: by our own earlier booking (returned, or revived when it was cancelled since), or by something else. */
async function bookedBefore(requests: GoogleRequests, calendarId: string, booking: Booking): Promise<BookedEvent> {
  const existing = await readEvent(requests, calendarId, booking.key);
  if (existing?.extendedProperties?.private?.[KEY_PROPERTY] !== booking.key) {
    throw refusal("book", "conflict", "the id belongs to another event");
  }
  if (existing.status !== "cancelled") return toBooked(existing);
  const requestBody = { ...eventOf(booking), status: "confirmed" };
  return toBooked(
    await requests.write(
      (api, options) =>
        api.events.patch(
          { calendarId, eventId: booking.key, requestBody },
          { ...options, headers: { "If-Match": existing.etag } },
        ),
      WireEvent.parse,
    ),
  );
}

function eventOf(booking: Booking) {
  return {
    summary: booking.title,
    description: booking.description,
    start: { dateTime: booking.span.start },
    end: { dateTime: booking.span.end },
    ...(booking.attendeeEmail === undefined ? {} : { attendees: [{ email: booking.attendeeEmail }] }),
    extendedProperties: {
      private: {
        [KEY_PROPERTY]: booking.key,
        ...(booking.isTest ? { [TEST_PROPERTY]: booking.testedBy ?? "true" } : {}),
      },
    },
  };
}

async function reschedule(
  requests: GoogleRequests,
  calendarId: string,
  eventId: string,
  span: TimeSpan,
): Promise<BookedEvent> {
  const existing = await readEvent(requests, calendarId, eventId);
  if (existing === null || existing.status === "cancelled")
    throw refusal("reschedule", "not-found", "the booking is gone");
  if (isSameSpan(toBooked(existing).span, span)) return toBooked(existing);
  const requestBody = { start: { dateTime: span.start }, end: { dateTime: span.end } };
  return toBooked(
    await requests.write(
      (api, options) =>
        api.events.patch(
          { calendarId, eventId, sendUpdates: "all", requestBody },
          { ...options, headers: { "If-Match": existing.etag } },
        ),
      WireEvent.parse,
    ),
  );
}

const readEvent = (requests: GoogleRequests, calendarId: string, eventId: string): Promise<WireEvent | null> =>
  requests
    .read((api, options) => api.events.get({ calendarId, eventId }, options), WireEvent.parse)
    .catch((error: unknown) => {
      if (isGone(error)) return null;
      throw error;
    });

/** All of them fit one page: a smoke test makes a handful. */
async function removeTestEvents(requests: GoogleRequests, calendarId: string, testedBy: string): Promise<void> {
  const privateExtendedProperty = [`${TEST_PROPERTY}=${testedBy}`];
  const { items } = await requests.read(
    (api, options) => api.events.list({ calendarId, privateExtendedProperty, maxResults: 2500 }, options),
    WireEvents.parse,
  );
  for (const { id, status } of items) if (status !== "cancelled") await remove(requests, calendarId, id, "none");
}

/** What is gone already counts as removed. */
async function remove(
  requests: GoogleRequests,
  calendarId: string,
  eventId: string,
  sendUpdates: "all" | "none",
): Promise<void> {
  await requests
    .write(
      (api, options) => api.events.delete({ calendarId, eventId, sendUpdates }, options),
      () => null,
    )
    .catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
}

const utc = (time: { dateTime?: string | undefined; date?: string | undefined } | undefined): string =>
  new Date(time?.dateTime ?? `${time?.date ?? "1970-01-01"}T00:00:00Z`).toISOString();

const toBooked = (event: WireEvent): BookedEvent => ({
  eventId: event.id,
  key: event.extendedProperties?.private?.[KEY_PROPERTY] ?? event.id,
  span: { start: utc(event.start), end: utc(event.end) },
});

const isSameSpan = (one: TimeSpan, other: TimeSpan): boolean =>
  Date.parse(one.start) === Date.parse(other.start) && Date.parse(one.end) === Date.parse(other.end);
