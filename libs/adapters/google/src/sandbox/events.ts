import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { apiError, jsonBody, noContent, notFound, ok, Refusal } from "./answers.ts";
import { type AccountRequest, type CalendarRow, etag, requireCalendar } from "./calendars.ts";
import { currentSequence } from "./sequence.ts";
import { inZone } from "./zoned-time.ts";

export interface EventRow extends JsonObject {
  readonly id: string;
  readonly calendarId: string;
  readonly account: string;
  readonly status: string;
  readonly etag: string;
  /** Grows with each change of anything: what sync tokens compare with. */
  readonly sequence: number;
  /** How often its time changed. */
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly isAllDay: boolean;
  readonly isTransparent: boolean;
  readonly summary: string;
  readonly description: string;
  readonly attendees: readonly string[];
  readonly privateProperties: Readonly<Record<string, string>>;
}

export const events = (world: SandboxWorld) => world.collection<EventRow>("events");
export const eventsOf = (world: SandboxWorld, calendarId: string, forListing: boolean): readonly EventRow[] =>
  events(world)
    .all({ forListing })
    .filter((event) => event.calendarId === calendarId);

const keyOf = (calendarId: string, eventId: string): string => `${calendarId}/${eventId}`;

export function insertEvent(request: AccountRequest, calendarId: string): SandboxResponse {
  const { world } = request;
  const calendar = requireCalendar(request, calendarId, "writer");
  const body = jsonBody(request.body);
  const id = body["id"] === undefined ? world.newId("", 26) : String(body["id"]);
  if (!/^[0-9a-v]{5,1024}$/u.test(id)) return apiError(400, "invalid", "Invalid resource id value.");
  if (events(world).get(keyOf(calendar.id, id)) !== undefined)
    return apiError(409, "duplicate", "The requested identifier already exists.");
  const row = putEvent(world, calendar, { id, ...body }, undefined);
  record(request, "create", row);
  return ok(asEvent(row, calendar));
}

/** Stores a new event or a changed one; used by the API, the seeds and the dashboard. */
export function putEvent(
  world: SandboxWorld,
  calendar: CalendarRow,
  body: JsonObject,
  before: EventRow | undefined,
): EventRow {
  const startMs = body["start"] === undefined ? before?.startMs : readTime(body["start"]);
  const endMs = body["end"] === undefined ? before?.endMs : readTime(body["end"]);
  if (startMs === undefined) throw new Refusal(apiError(400, "required", "Missing start time."));
  if (endMs === undefined) throw new Refusal(apiError(400, "required", "Missing end time."));
  if (endMs <= startMs)
    throw new Refusal(apiError(400, "timeRangeEmpty", "The specified time range is empty.", "calendar"));
  const extended = body["extendedProperties"] as { private?: Record<string, string> } | undefined;
  const attendees = body["attendees"] as readonly { email: string }[] | undefined;
  const hasMoved = before !== undefined && (before.startMs !== startMs || before.endMs !== endMs);
  const row: EventRow = {
    id: before?.id ?? String(body["id"]),
    calendarId: calendar.id,
    account: calendar.account,
    status: String(body["status"] ?? before?.status ?? "confirmed"),
    etag: etag(world),
    sequence: currentSequence(world),
    revision: (before?.revision ?? 0) + (hasMoved ? 1 : 0),
    createdMs: before?.createdMs ?? world.now(),
    updatedMs: world.now(),
    startMs,
    endMs,
    isAllDay: body["start"] === undefined ? (before?.isAllDay ?? false) : "date" in (body["start"] as JsonObject),
    isTransparent:
      body["transparency"] === undefined ? (before?.isTransparent ?? false) : body["transparency"] === "transparent",
    summary: String(body["summary"] ?? before?.summary ?? ""),
    description: String(body["description"] ?? before?.description ?? ""),
    attendees: attendees?.map((attendee) => attendee.email) ?? before?.attendees ?? [],
    privateProperties: { ...before?.privateProperties, ...extended?.private },
  };
  events(world).put(keyOf(calendar.id, row.id), row);
  return row;
}

function readTime(value: unknown): number {
  const time = value as { dateTime?: string; date?: string };
  const epochMs = Date.parse(time.dateTime ?? (time.date === undefined ? "" : `${time.date}T00:00:00Z`));
  if (Number.isFinite(epochMs)) return epochMs;
  throw new Refusal(apiError(400, "invalid", "Invalid start or end time."));
}

function requireEvent(request: AccountRequest, calendarId: string, eventId: string): EventRow {
  const event = events(request.world).get(keyOf(calendarId, eventId));
  if (event === undefined) throw new Refusal(notFound());
  return event;
}

export function getEvent(request: AccountRequest, calendarId: string, eventId: string): SandboxResponse {
  const calendar = requireCalendar(request, calendarId, "reader");
  return ok(asEvent(requireEvent(request, calendar.id, eventId), calendar));
}

export function patchEvent(request: AccountRequest, calendarId: string, eventId: string): SandboxResponse {
  const calendar = requireCalendar(request, calendarId, "writer");
  const before = requireEvent(request, calendar.id, eventId);
  requireMatch(request, before.etag);
  const row = putEvent(request.world, calendar, jsonBody(request.body), before);
  record(request, "update", row);
  return ok(asEvent(row, calendar));
}

function requireMatch(request: AccountRequest, current: string): void {
  const wanted = request.headers["if-match"];
  if (wanted === undefined || wanted === "*" || wanted === current) return;
  throw new Refusal(apiError(412, "conditionNotMet", "Precondition Failed"));
}

export function deleteEvent(request: AccountRequest, calendarId: string, eventId: string): SandboxResponse {
  const calendar = requireCalendar(request, calendarId, "writer");
  const before = requireEvent(request, calendar.id, eventId);
  if (before.status === "cancelled") return apiError(410, "deleted", "Resource has been deleted");
  requireMatch(request, before.etag);
  const row = putEvent(request.world, calendar, { status: "cancelled" }, before);
  record(request, "delete", row);
  return noContent;
}

export function asEvent(row: EventRow, calendar: CalendarRow): JsonObject {
  const time = (epochMs: number): JsonObject =>
    row.isAllDay
      ? { date: new Date(epochMs).toISOString().slice(0, 10) }
      : { dateTime: inZone(epochMs, calendar.timeZone), timeZone: calendar.timeZone };
  return {
    kind: "calendar#event",
    etag: row.etag,
    id: row.id,
    status: row.status,
    htmlLink: `https://www.google.com/calendar/event?eid=${Buffer.from(`${row.id} ${calendar.id}`).toString("base64url")}`,
    created: new Date(row.createdMs).toISOString(),
    updated: new Date(row.updatedMs).toISOString(),
    ...(row.summary === "" ? {} : { summary: row.summary }),
    ...(row.description === "" ? {} : { description: row.description }),
    creator: { email: row.account, self: true },
    organizer: { email: calendar.id, displayName: calendar.summary, self: true },
    start: time(row.startMs),
    end: time(row.endMs),
    ...(row.isTransparent ? { transparency: "transparent" } : {}),
    iCalUID: `${row.id}@google.com`,
    sequence: row.revision,
    ...(row.attendees.length === 0
      ? {}
      : { attendees: row.attendees.map((email) => ({ email, responseStatus: "needsAction" })) }),
    ...(Object.keys(row.privateProperties).length === 0
      ? {}
      : { extendedProperties: { private: row.privateProperties } }),
    reminders: { useDefault: true },
    eventType: "default",
  };
}

function record(request: AccountRequest, effect: string, row: EventRow): void {
  const facts = {
    calendarId: row.calendarId,
    key: row.privateProperties["tandemKey"] ?? null,
    isTest: row.privateProperties["tandemTest"] !== undefined,
    start: new Date(row.startMs).toISOString(),
    end: new Date(row.endMs).toISOString(),
    notified: request.query.get("sendUpdates") ?? "none",
  };
  request.world.record({ effect, kind: "event", objectId: row.id, facts, account: request.account });
}
