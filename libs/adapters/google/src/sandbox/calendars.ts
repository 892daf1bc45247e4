import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { apiError, jsonBody, noContent, notFound, ok, page, Refusal } from "./answers.ts";
import { nextSequence } from "./sequence.ts";
import { isTimeZone } from "./zoned-time.ts";

export interface CalendarRow extends JsonObject {
  readonly id: string;
  /** Account that owns it. */
  readonly account: string;
  readonly summary: string;
  readonly description: string;
  readonly timeZone: string;
  readonly etag: string;
}

interface AclRow extends JsonObject {
  readonly id: string;
  readonly calendarId: string;
  readonly role: string;
  readonly scopeType: string;
  readonly scopeValue: string;
}

/** The request that an account makes, after the access token was checked. */
export interface AccountRequest {
  readonly account: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly world: SandboxWorld;
}

export const calendars = (world: SandboxWorld) => world.collection<CalendarRow>("calendars");
const acl = (world: SandboxWorld) => world.collection<AclRow>("acl");

const RANKS: Readonly<Record<string, number>> = { none: 0, freeBusyReader: 1, reader: 2, writer: 3, owner: 4 };

/** The account's role at a calendar; `none` when it cannot even see it. */
export function roleAt(calendar: CalendarRow, account: string, world: SandboxWorld): string {
  if (calendar.account === account) return "owner";
  const rules = acl(world)
    .all()
    .filter((rule) => rule.calendarId === calendar.id);
  const mine = rules
    .filter((rule) => rule.scopeType === "default" || rule.scopeValue === account)
    .map((rule) => rule.role);
  return mine.toSorted((one, other) => (RANKS[other] ?? 0) - (RANKS[one] ?? 0))[0] ?? "none";
}

/** The calendar, if the account has at least the role; else the vendor's 404 or 403. */
export function requireCalendar(request: AccountRequest, calendarId: string, role: string): CalendarRow {
  const calendar = calendars(request.world).get(calendarId === "primary" ? request.account : calendarId);
  const actual = calendar === undefined ? "none" : roleAt(calendar, request.account, request.world);
  if (calendar === undefined || actual === "none") throw new Refusal(notFound());
  if ((RANKS[actual] ?? 0) >= (RANKS[role] ?? 0)) return calendar;
  throw new Refusal(
    apiError(403, "requiredAccessLevel", `You need to have ${role} access to this calendar.`, "calendar"),
  );
}

const CONFERENCES = { conferenceProperties: { allowedConferenceSolutionTypes: ["hangoutsMeet"] } };

const shown = (row: CalendarRow): JsonObject => ({
  etag: row.etag,
  id: row.id,
  summary: row.summary,
  ...(row.description === "" ? {} : { description: row.description }),
  timeZone: row.timeZone,
  ...CONFERENCES,
});

const asCalendar = (row: CalendarRow): JsonObject => ({ kind: "calendar#calendar", ...shown(row) });

export function insertCalendar(request: AccountRequest): SandboxResponse {
  const { world, account } = request;
  const body = jsonBody(request.body);
  if (typeof body["summary"] !== "string" || body["summary"] === "") return apiError(400, "required", "Missing title.");
  requireTimeZone(body);
  const row: CalendarRow = {
    id: `${world.newId("c_", 34)}@group.calendar.google.com`,
    account,
    summary: body["summary"],
    description: String(body["description"] ?? ""),
    timeZone: String(body["timeZone"] ?? "UTC"),
    etag: etag(world),
  };
  calendars(world).put(row.id, row);
  record(request, "create", row);
  return ok(asCalendar(row));
}

export const getCalendar = (request: AccountRequest, calendarId: string): SandboxResponse =>
  ok(asCalendar(requireCalendar(request, calendarId, "reader")));

export function patchCalendar(request: AccountRequest, calendarId: string): SandboxResponse {
  const row = requireCalendar(request, calendarId, "owner");
  const body = jsonBody(request.body);
  requireTimeZone(body);
  const next = changeCalendar(request.world, row, body);
  record(request, "update", next);
  return ok(asCalendar(next));
}

/** Stores changed fields of a calendar; used by the API and by the dashboard. */
export function changeCalendar(world: SandboxWorld, row: CalendarRow, fields: JsonObject): CalendarRow {
  const next: CalendarRow = {
    ...row,
    summary: String(fields["summary"] ?? row.summary),
    description: String(fields["description"] ?? row.description),
    timeZone: String(fields["timeZone"] ?? row.timeZone),
    etag: etag(world),
  };
  calendars(world).put(row.id, next);
  return next;
}

export function deleteCalendar(request: AccountRequest, calendarId: string): SandboxResponse {
  const row = requireCalendar(request, calendarId, "owner");
  if (row.id === request.account)
    return apiError(400, "cannotDeletePrimaryCalendar", "Cannot delete primary calendar.", "calendar");
  calendars(request.world).remove(row.id);
  record(request, "delete", row);
  return noContent;
}

export function listCalendars(request: AccountRequest): SandboxResponse {
  const { world, account, query } = request;
  const least = RANKS[query.get("minAccessRole") ?? "freeBusyReader"] ?? 1;
  const entries = calendars(world)
    .all({ forListing: true })
    .map((row) => ({ row, role: roleAt(row, account, world) }))
    .filter(({ role }) => (RANKS[role] ?? 0) >= least);
  const { items, nextPageToken } = page(entries, query, 100);
  return ok({
    kind: "calendar#calendarList",
    etag: etag(world),
    ...(nextPageToken === undefined
      ? { nextSyncToken: Buffer.from(`list:${world.now()}`).toString("base64url") }
      : { nextPageToken }),
    items: items.map(({ row, role }) => asListEntry(row, role)),
  });
}

const asListEntry = (row: CalendarRow, accessRole: string): JsonObject => ({
  kind: "calendar#calendarListEntry",
  ...shown(row),
  colorId: "14",
  backgroundColor: "#9fe1e7",
  foregroundColor: "#000000",
  selected: true,
  accessRole,
  defaultReminders: [],
  ...(row.id === row.account ? { primary: true } : {}),
});

export function insertAcl(request: AccountRequest, calendarId: string): SandboxResponse {
  const calendar = requireCalendar(request, calendarId, "owner");
  const body = jsonBody(request.body);
  const scope = body["scope"] as { type?: string; value?: string } | undefined;
  if (typeof body["role"] !== "string" || RANKS[body["role"]] === undefined || scope?.type === undefined)
    return apiError(400, "required", "Required");
  const id = scope.type === "default" ? "default" : `${scope.type}:${scope.value ?? ""}`;
  const row: AclRow = {
    id,
    calendarId: calendar.id,
    role: body["role"],
    scopeType: scope.type,
    scopeValue: scope.value ?? "",
  };
  acl(request.world).put(`${calendar.id}/${id}`, row);
  request.world.record({
    effect: "create",
    kind: "acl",
    objectId: id,
    facts: { calendarId: calendar.id, role: row.role },
    account: request.account,
  });
  return ok(asRule(row, request.world));
}

export function listAcl(request: AccountRequest, calendarId: string): SandboxResponse {
  const calendar = requireCalendar(request, calendarId, "owner");
  const owner: AclRow = {
    id: `user:${calendar.account}`,
    calendarId: calendar.id,
    role: "owner",
    scopeType: "user",
    scopeValue: calendar.account,
  };
  const rules = [
    owner,
    ...acl(request.world)
      .all({ forListing: true })
      .filter((rule) => rule.calendarId === calendar.id),
  ];
  return ok({
    kind: "calendar#acl",
    etag: etag(request.world),
    items: rules.map((rule) => asRule(rule, request.world)),
  });
}

const asRule = (row: AclRow, world: SandboxWorld): JsonObject => ({
  kind: "calendar#aclRule",
  etag: etag(world),
  id: row.id,
  scope: { type: row.scopeType, ...(row.scopeValue === "" ? {} : { value: row.scopeValue }) },
  role: row.role,
});

function requireTimeZone(body: JsonObject): void {
  if (body["timeZone"] === undefined || isTimeZone(String(body["timeZone"]))) return;
  throw new Refusal(apiError(400, "invalid", "Invalid time zone."));
}

export const etag = (world: SandboxWorld): string => `"${nextSequence(world)}"`;

function record(request: AccountRequest, effect: string, row: CalendarRow): void {
  const key = /\[tandem:([0-9a-v]+)\]/u.exec(row.description)?.[1] ?? null;
  const facts = { key, summary: row.summary, timeZone: row.timeZone };
  request.world.record({ effect, kind: "calendar", objectId: row.id, facts, account: request.account });
}
