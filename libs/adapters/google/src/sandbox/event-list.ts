import type { SandboxResponse } from "@tandem/ports/sandbox";
import { apiError, ok, page } from "./answers.ts";
import { type AccountRequest, etag, requireCalendar } from "./calendars.ts";
import { asEvent, type EventRow, eventsOf } from "./events.ts";
import { currentSequence } from "./sequence.ts";

/** `events.list`: filters, paging, and sync tokens (410 when one is not understood: read all again). */
export function listEvents(request: AccountRequest, calendarId: string): SandboxResponse {
  const { query, world } = request;
  const calendar = requireCalendar(request, calendarId, "reader");
  const since = query.has("syncToken") ? readSyncToken(query.get("syncToken") ?? "") : null;
  if (since === undefined)
    return apiError(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.", "calendar");
  const isWanted = since === null ? matches(query) : (event: EventRow) => event.sequence > since;
  const found = eventsOf(world, calendar.id, true).filter(isWanted);
  const sorted =
    query.get("orderBy") === "startTime" ? found.toSorted((one, other) => one.startMs - other.startMs) : found;
  const { items, nextPageToken } = page(sorted, query, 250);
  return ok({
    kind: "calendar#events",
    etag: etag(world),
    summary: calendar.summary,
    updated: new Date(world.now()).toISOString(),
    timeZone: calendar.timeZone,
    accessRole: "owner",
    defaultReminders: [],
    ...(nextPageToken === undefined ? { nextSyncToken: syncToken(currentSequence(world)) } : { nextPageToken }),
    items: items.map((event) => asEvent(event, calendar)),
  });
}

const syncToken = (sequence: number): string => Buffer.from(`sync:${sequence}`).toString("base64url");

function readSyncToken(token: string): number | undefined {
  const [word, sequence] = Buffer.from(token, "base64url").toString().split(":");
  return word === "sync" && Number.isInteger(Number(sequence)) ? Number(sequence) : undefined;
}

function matches(query: URLSearchParams): (event: EventRow) => boolean {
  const wanted = query.getAll("privateExtendedProperty").map((pair) => pair.split("=", 2) as [string, string]);
  const timeMin = Date.parse(query.get("timeMin") ?? "");
  const timeMax = Date.parse(query.get("timeMax") ?? "");
  const text = query.get("q")?.toLowerCase();
  return (event) =>
    (event.status !== "cancelled" || query.get("showDeleted") === "true") &&
    wanted.every(([name, value]) => event.privateProperties[name] === value) &&
    !(event.endMs <= timeMin) &&
    !(event.startMs >= timeMax) &&
    (text === undefined || `${event.summary} ${event.description}`.toLowerCase().includes(text));
}
