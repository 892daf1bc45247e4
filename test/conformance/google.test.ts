import { Secret, systemClock } from "@tandem/kernel";
import { adapter } from "@tandem/google";
import { demoAccount, sandbox } from "@tandem/google/sandbox";
import type { OpenConnection } from "@tandem/ports/adapter";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DiscoveryDocument, discoveryInterface } from "./google-interface.ts";
import { deviations, touched, type VendorInterface } from "./interface.ts";
import { type Recording, startRecording } from "./recording.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

describeWithSpec("google/calendar.v3.json", "Google Calendar", () => {
  let vendor: VendorInterface;
  let recording: Recording;
  beforeAll(async () => {
    vendor = discoveryInterface(readSpec<DiscoveryDocument>("google/calendar.v3.json"));
    recording = await startRecording([sandbox]);
    const connection = await open(recording);
    await useCalendars(connection);
    await useBookings(recording, connection);
    await useServiceAccount(recording);
    await useRest(recording);
  });
  afterAll(() => recording.running.close());

  test("every request of the adapter and every answer of the emulator is as the vendor describes it", () => {
    expect(deviations(vendor, recording.exchanges)).toEqual([]);
  });

  test("every operation that the adapter uses and that the emulator offers was exercised", () => {
    expect(touched(vendor, recording.exchanges)).toMatchInlineSnapshot(`
      [
        "DELETE calendars/{calendarId}",
        "DELETE calendars/{calendarId}/events/{eventId}",
        "GET calendars/{calendarId}",
        "GET calendars/{calendarId}/acl",
        "GET calendars/{calendarId}/events",
        "GET calendars/{calendarId}/events/{eventId}",
        "GET users/me/calendarList",
        "PATCH calendars/{calendarId}",
        "PATCH calendars/{calendarId}/events/{eventId}",
        "POST /token",
        "POST /tokeninfo",
        "POST calendars",
        "POST calendars/{calendarId}/acl",
        "POST calendars/{calendarId}/events",
        "POST freeBusy",
      ]
    `);
  });

  test("refusals of every kind were among them", () => {
    const statuses = new Set(recording.exchanges.map(({ response }) => response.status));
    expect([200, 204, 400, 401, 403, 404, 409, 410, 412].filter((status) => !statuses.has(status))).toEqual([]);
  });

  test("the check can fail", () => {
    const insert = recording.exchanges.find(
      ({ request }) => request.method === "POST" && request.path.endsWith("/events"),
    );
    if (insert === undefined) throw new Error("no event was booked");
    const request = { ...insert.request, body: insert.request.body.replace('"summary"', '"title"') };
    const response = { status: 201, body: { kind: 7 } };
    const found = deviations(vendor, [{ ...insert, request, response }]).join("\n");
    expect(found).toContain("must NOT have additional properties");
    expect(found).toContain("status 201 instead of 200");
    expect(deviations(vendor, [{ ...insert, response: { status: 200, body: { start: "noon" } } }]).join()).toContain(
      "/start",
    );
  });
});

const open = (recording: Recording): Promise<OpenConnection> =>
  adapter.open({
    connectionId: "c",
    config: { auth: "oauth", clientId: demoAccount.clientId },
    secrets: { clientSecret: new Secret(demoAccount.clientSecret), refreshToken: new Secret(demoAccount.refreshToken) },
    baseUrl: recording.origin("google"),
    clock: systemClock,
    deadlineMs: 5000,
  });

/** A call whose refusal is the point: the recording keeps it. */
const refused = (call: Promise<unknown>): Promise<unknown> => call.catch(() => undefined);

async function useCalendars({ resources, calendar }: OpenConnection): Promise<void> {
  const target = {
    kind: "calendar.calendar",
    externalKey: "0123456789abcdefghijklmnop",
    externalId: null,
    fields: { summary: "Bookings", description: "For callers", timeZone: "Europe/Berlin" },
    label: "Bookings",
  };
  await calendar?.probe();
  const externalId = (await resources.write("create", target))?.externalId ?? "";
  await resources.write("update", { ...target, externalId });
  await resources.findByKey(target.kind, target.externalKey);
  await resources.read(target.kind, externalId);
  await resources.write("delete", { ...target, externalId, fields: null });
  await resources.read(target.kind, externalId);
  await refused(resources.write("create", { ...target, fields: { ...target.fields, timeZone: "Mars/Olympus" } }));
}

async function useBookings({ running }: Recording, { calendar }: OpenConnection): Promise<void> {
  if (calendar === undefined) throw new Error("google has no calendar");
  const day = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 30 * 86_400_000;
  const hour = (from: number) => ({
    start: new Date(day + from * 3_600_000).toISOString(),
    end: new Date(day + (from + 1) * 3_600_000).toISOString(),
  });
  const booking = {
    key: "booking0",
    span: hour(9),
    title: "Visit",
    description: "By phone",
    attendeeEmail: "ada@example.com",
    isTest: false,
  };
  const id = demoAccount.account;
  await calendar.freeSlots(id, { start: hour(0).start, end: hour(23).end }, 30, 5);
  await refused(calendar.freeSlots("nobody@example.com", hour(0), 30, 5));
  const { eventId } = await calendar.book(id, booking);
  await calendar.book(id, { ...booking, span: hour(11) });
  await calendar.book(id, { ...booking, key: "booking1", span: hour(12), isTest: true, testedBy: "deployment-1" });
  await calendar.removeTestEvents(id, "deployment-1");
  await calendar.reschedule(id, eventId, hour(14));
  await calendar.findByKey(id, "booking0");
  await calendar.cancel(id, eventId);
  await calendar.cancel(id, eventId);
  await calendar.book(id, booking);
  await running.control.act("google", "setGrantedScopes", { scopes: [] });
  await refused(calendar.findByKey(id, "booking0"));
  await refused(calendar.findByKey(id, "booking0"));
  await running.control.act("google", "setGrantedScopes", { scopes: [...demoAccount.scopes] });
  await running.control.revoke("google", demoAccount.refreshToken);
  await refused(calendar.findByKey(id, "booking0"));
  await refused(calendar.findByKey(id, "booking0"));
  await running.control.restore("google", demoAccount.refreshToken);
}

async function useServiceAccount(recording: Recording): Promise<void> {
  const { clientEmail, privateKey } = await recording.running.control.act<{ clientEmail: string; privateKey: string }>(
    "google",
    "issueServiceAccountKey",
  );
  const connection = await adapter.open({
    connectionId: "s",
    config: { auth: "service-account" },
    secrets: { clientEmail: new Secret(clientEmail), privateKey: new Secret(privateKey) },
    baseUrl: recording.origin("google"),
    clock: systemClock,
    deadlineMs: 5000,
  });
  await connection.calendar?.probe();
}

/** What the emulator offers beyond the adapter: lists with sync tokens, access rules, entity tags. */
async function useRest(recording: Recording): Promise<void> {
  const origin = recording.origin("google");
  const { control } = recording.running;
  await control.act("google", "setGrantedScopes", { scopes: ["https://www.googleapis.com/auth/calendar"] });
  const token = await accessToken(origin);
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}/calendar/v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const events = `calendars/${encodeURIComponent(demoAccount.account)}/events`;
  const first = await ask(
    "GET",
    `${events}?maxResults=5&singleEvents=true&orderBy=startTime&timeMin=2020-01-01T00:00:00Z`,
  );
  await ask("GET", `${events}?maxResults=5&pageToken=${String(first["nextPageToken"])}`);
  const whole = await ask("GET", `${events}?privateExtendedProperty=tandemKey%3Dbooking1&showDeleted=true`);
  await ask("GET", `${events}?syncToken=${String(whole["nextSyncToken"])}`);
  await ask("GET", `${events}?syncToken=stale`);
  await ask("PATCH", `${events}/booking1`, { summary: "Moved" }, { "if-match": '"1"' });
  await ask("POST", events, { id: "Not Base32Hex", start: {}, end: {} });
  await ask("GET", "users/me/calendarList?maxResults=1");
  const rules = events.replace(/events$/u, "acl");
  await ask("POST", rules, { role: "writer", scope: { type: "user", value: "desk@demo-dental.example" } });
  await ask("GET", rules);
}

/** A token of an owner who has granted everything. */
async function accessToken(origin: string): Promise<string> {
  const { clientId, clientSecret, refreshToken } = demoAccount;
  const form = {
    grant_type: "refresh_token",
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  };
  const response = await fetch(`${origin}/token`, { method: "POST", body: new URLSearchParams(form) });
  return ((await response.json()) as { access_token: string }).access_token;
}
