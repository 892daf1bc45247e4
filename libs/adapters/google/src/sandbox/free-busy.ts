import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";
import { apiError, jsonBody, ok } from "./answers.ts";
import { type AccountRequest, calendars, roleAt } from "./calendars.ts";
import { eventsOf } from "./events.ts";

const LONGEST_MS = 92 * 86_400_000;

/** `freebusy.query`: merged busy spans of each calendar; an unknown calendar is an error inside a 200. */
export function queryFreeBusy(request: AccountRequest): SandboxResponse {
  const body = jsonBody(request.body);
  const fromMs = Date.parse(String(body["timeMin"]));
  const toMs = Date.parse(String(body["timeMax"]));
  if (!(fromMs < toMs)) return apiError(400, "timeRangeEmpty", "The specified time range is empty.", "calendar");
  if (toMs - fromMs > LONGEST_MS)
    return apiError(400, "timeRangeTooLong", "The requested time range is too long.", "calendar");
  const items = (body["items"] ?? []) as readonly { id: string }[];
  return ok({
    kind: "calendar#freeBusy",
    timeMin: iso(fromMs),
    timeMax: iso(toMs),
    calendars: Object.fromEntries(items.map(({ id }) => [id, answerFor(request, id, fromMs, toMs)])),
  });
}

function answerFor(request: AccountRequest, id: string, fromMs: number, toMs: number): JsonObject {
  const { world, account } = request;
  const calendar = calendars(world).get(id === "primary" ? account : id);
  if (calendar === undefined || roleAt(calendar, account, world) === "none")
    return { errors: [{ domain: "global", reason: "notFound" }], busy: [] };
  const busy = eventsOf(world, calendar.id, false)
    .filter((event) => event.status !== "cancelled" && !event.isTransparent)
    .filter((event) => event.endMs > fromMs && event.startMs < toMs)
    .toSorted((one, other) => one.startMs - other.startMs);
  const merged: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs } of busy) {
    const last = merged.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else merged.push({ startMs: Math.max(startMs, fromMs), endMs });
  }
  return { busy: merged.map((span): Json => ({ start: iso(span.startMs), end: iso(Math.min(span.endMs, toMs)) })) };
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString().replace(".000Z", "Z");
