import { z } from "zod";

/** `Calendars` and `CalendarListEntry`: what both have and we use. */
export const WireCalendar = z.object({
  id: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  timeZone: z.string().optional(),
  accessRole: z.string().optional(),
  deleted: z.boolean().optional(),
});
export type WireCalendar = z.infer<typeof WireCalendar>;

export const WireCalendarList = z.object({
  items: z.array(WireCalendar).optional(),
  nextPageToken: z.string().optional(),
});

const WireTime = z.object({ dateTime: z.string().optional(), date: z.string().optional() });

export const WireEvent = z.object({
  id: z.string(),
  etag: z.string(),
  status: z.string(),
  start: WireTime.optional(),
  end: WireTime.optional(),
  extendedProperties: z.object({ private: z.record(z.string(), z.string()).optional() }).optional(),
});
export type WireEvent = z.infer<typeof WireEvent>;
export const WireEvents = z.object({ items: z.array(WireEvent).default([]) });

export const WireFreeBusy = z.object({
  calendars: z.record(
    z.string(),
    z.object({
      busy: z.array(z.object({ start: z.string(), end: z.string() })).optional(),
      errors: z.array(z.object({ reason: z.string() })).optional(),
    }),
  ),
});

/** The error body of the Calendar API. */
export const WireApiError = z.object({
  error: z.object({
    message: z.string().optional(),
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional(), domain: z.string().optional() })).optional(),
  }),
});

/** The error body of the token endpoints (RFC 6749 §5.2). */
export const WireTokenError = z.object({ error: z.string(), error_description: z.string().optional() });
