import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { systemClock, VendorError, type VendorErrorFacts } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { Fault, FaultScript, RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { demoSecrets, openConnection, startGoogle } from "../test/open-connection.ts";
import { demoAccount } from "./sandbox.ts";

const DEADLINE_MS = 1000;
const seen: string[] = [];
let running: RunningSandbox;
let origin: string;

beforeAll(async () => {
  running = await startGoogle({ tap: ({ request }) => void seen.push(`${request.method} ${request.path}`) });
  origin = running.origins["google"] ?? "";
});
afterAll(() => running.close());
beforeEach(async () => {
  await running.control.clearFaults();
  seen.length = 0;
});

const target = {
  kind: "calendar.calendar",
  externalKey: "0123456789abcdefghijklmnop",
  externalId: null,
  fields: { summary: "Bookings", description: "", timeZone: "UTC" },
  label: "Bookings",
};
const fresh = () => openConnection(origin, { deadlineMs: DEADLINE_MS });
const create = (connection: OpenConnection) => connection.resources.write("create", target);
const find = (connection: OpenConnection) => connection.resources.findByKey("calendar.calendar", target.externalKey);
const strike = (fault: Fault, path: string, rest: Partial<FaultScript> = {}) =>
  running.control.setFault({ vendor: "google", path, fault, times: null, ...rest });

async function factsOf(call: Promise<unknown>): Promise<VendorErrorFacts> {
  const error = await call.then(
    () => {
      throw new Error("it did not fail");
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof VendorError)) throw error;
  return error.facts;
}

const CALENDARS = "/calendar/v3/calendars$";
const faults: readonly [string, Fault, Partial<VendorErrorFacts>, number][] = [
  ["429", { do: "throttle" }, { fault: "throttled", effect: "none", status: 429 }, 0],
  ["429 with Retry-After", { do: "throttle", retryAfterSeconds: 7 }, { fault: "throttled", retryAfterMs: 7000 }, 0],
  [
    "403 that means slower",
    { do: "fail-before", status: 403 },
    { fault: "throttled", effect: "none", vendorCode: "userRateLimitExceeded" },
    0,
  ],
  ["500 before", { do: "fail-before" }, { fault: "unavailable", effect: "unknown", status: 500 }, 0],
  ["503 after", { do: "fail-after", status: 503 }, { fault: "unavailable", effect: "unknown" }, 1],
  ["lost response", { do: "lose-response" }, { fault: "unavailable", effect: "unknown" }, 1],
  ["reset", { do: "reset" }, { fault: "unavailable", effect: "unknown" }, 0],
  ["hang", { do: "hang" }, { fault: "unavailable", effect: "unknown" }, 0],
  ["slow-loris", { do: "drip", everyMs: 60 }, { fault: "unavailable", effect: "unknown" }, 1],
  ["truncated", { do: "truncate" }, { fault: "unavailable", effect: "unknown" }, 1],
  ["half a body, properly framed", { do: "truncate", framing: "intact" }, { fault: "contract", effect: "unknown" }, 1],
  ["HTML 502", { do: "bad-gateway" }, { fault: "unavailable", effect: "unknown", status: 502 }, 0],
];

test.each(faults)("create, %s: told as it is, tried once", async (_, fault, facts, effects) => {
  const connection = await fresh();
  await running.control.clearLedger();
  await strike(fault, CALENDARS, { method: "POST" });
  expect(await factsOf(create(connection))).toMatchObject({
    vendor: "google",
    operation: "create calendar.calendar",
    ...facts,
  });
  expect((await running.control.faults())[0]?.struck).toBe(1);
  expect(await running.control.ledger()).toHaveLength(effects);
});

test.each(faults)("a listing, %s: never an effect, never an empty list", async (_, fault, facts) => {
  const connection = await fresh();
  await strike(fault, "calendarList$");
  const { effect: __, ...expected } = facts;
  expect(await factsOf(find(connection))).toMatchObject({ ...expected, effect: "none" });
  expect((await running.control.faults())[0]?.struck).toBe(1);
});

test.each([
  ["hang", { do: "hang" }],
  ["500", { do: "fail-before" }],
  ["reset", { do: "reset" }],
] as [string, Fault][])("a token that cannot be had (%s) means that nothing was written", async (_, fault) => {
  const connection = await fresh();
  await strike(fault, "^/token$");
  expect(await factsOf(create(connection))).toMatchObject({ fault: "unavailable", effect: "none" });
  expect(seen.filter((line) => line.includes("/calendars"))).toEqual([]);
  expect((await running.control.faults())[0]?.struck).toBe(1);
});

test("one deadline covers all requests of a call", async () => {
  const connection = await fresh();
  await strike({ do: "delay", ms: DEADLINE_MS * 0.6 }, ".");
  const startedMs = systemClock.monotonicMs();
  expect(await factsOf(create(connection))).toMatchObject({ fault: "unavailable" });
  expect(systemClock.monotonicMs() - startedMs).toBeLessThan(DEADLINE_MS * 1.6);
});

test("at the deadline the request is really given up", async () => {
  let closed: () => void = () => {};
  const closing = new Promise<void>((resolve) => (closed = resolve));
  const server = createServer((request, response) => {
    if (request.url === "/token")
      response.setHeader("content-type", "application/json").end('{"access_token":"ya29.x","expires_in":3599}');
    else request.socket.on("close", () => closed());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connection = await openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    deadlineMs: 300,
  });
  expect(await factsOf(create(connection))).toMatchObject({ fault: "unavailable", effect: "unknown" });
  await closing;
  server.close();
});

test("nobody listening: provably nothing written", async () => {
  const connection = await openConnection("http://127.0.0.1:9", { deadlineMs: DEADLINE_MS });
  expect(await factsOf(create(connection))).toMatchObject({ fault: "unavailable", effect: "none" });
});

test("a revoked consent is unauthorized, and works again when it is given anew", async () => {
  const connection = await fresh();
  await connection.calendar!.probe();
  await running.control.revoke("google", demoAccount.refreshToken);
  expect(await factsOf(find(connection))).toMatchObject({ fault: "unauthorized", effect: "none", status: 401 });
  expect(await factsOf(find(connection))).toMatchObject({
    fault: "unauthorized",
    effect: "none",
    vendorCode: "invalid_grant",
  });
  await running.control.restore("google", demoAccount.refreshToken);
  expect((await find(connection)).complete).toBe(true);
});

test("a probe refreshes the token really, whatever is in memory, and tells when the consent ends", async () => {
  const { calendar } = await fresh();
  expect(await calendar!.probe()).toMatchObject({ expiresAt: null });
  await running.control.act("google", "setConsentEnd", { endsInMs: 86_400_000 });
  const { expiresAt } = await calendar!.probe();
  expect(Math.abs(Date.parse(expiresAt ?? "") - Date.now() - 86_400_000)).toBeLessThan(60_000);
  await running.control.act("google", "setConsentEnd", { endsInMs: -1000 });
  await expect(calendar!.probe()).rejects.toMatchObject({ facts: { fault: "unauthorized", effect: "none" } });
  await running.control.act("google", "setConsentEnd", { endsInMs: null });
  expect(await calendar!.probe()).toMatchObject({ expiresAt: null });
});

test("a missing scope is forbidden and shows in the probe", async () => {
  const scopes = ["https://www.googleapis.com/auth/calendar.freebusy"];
  await running.control.act("google", "setGrantedScopes", { scopes });
  const connection = await fresh();
  expect(await factsOf(create(connection))).toMatchObject({
    fault: "forbidden",
    effect: "none",
    vendorCode: "insufficientPermissions",
  });
  expect((await connection.calendar!.probe()).grantedScopes).toEqual(scopes);
  await running.control.act("google", "setGrantedScopes", { scopes: [...demoAccount.scopes] });
});

test.each(["calendar", "calendar.readonly"])(
  "the wide scope %s is told in the words of the required ones",
  async (wide) => {
    await running.control.act("google", "setGrantedScopes", { scopes: [`https://www.googleapis.com/auth/${wide}`] });
    const { grantedScopes } = await (await fresh()).calendar!.probe();
    expect(grantedScopes).toContain("https://www.googleapis.com/auth/calendar.freebusy");
    await running.control.act("google", "setGrantedScopes", { scopes: [...demoAccount.scopes] });
  },
);

test("a service account signs its own way in, also in a user's name where that is delegated", async () => {
  const { clientEmail, privateKey } = await running.control.act<{ clientEmail: string; privateKey: string }>(
    "google",
    "issueServiceAccountKey",
    { delegated: [demoAccount.account] },
  );
  const secrets = { clientEmail, privateKey };
  const own = await openConnection(origin, { config: { auth: "service-account" }, secrets });
  expect((await own.calendar!.probe()).account).toBe(clientEmail);
  const delegated = await openConnection(origin, {
    config: { auth: "service-account", subject: demoAccount.account },
    secrets,
  });
  expect((await delegated.calendar!.probe()).account).toBe(demoAccount.account);
  const refused = await openConnection(origin, {
    config: { auth: "service-account", subject: "boss@demo-dental.example" },
    secrets,
  });
  expect(await factsOf(refused.calendar!.probe())).toMatchObject({
    fault: "unauthorized",
    vendorCode: "unauthorized_client",
  });
  expect(seen.filter((line) => line === "POST /token")).toHaveLength(3);
});

test("no credential shows in any error, in any depth", async () => {
  const secrets = { clientSecret: "planted-client-secret", refreshToken: "planted-refresh-token" };
  const errors: unknown[] = [];
  const keep = (call: Promise<unknown>) =>
    call.then(
      () => {},
      (error: unknown) => void errors.push(error),
    );
  const planted = await openConnection(origin, { secrets, deadlineMs: DEADLINE_MS });
  await keep(create(planted));
  const connection = await fresh();
  await connection.calendar!.probe();
  const accessTokens = (await running.control.rows<{ id: string }>("google", "access-tokens")).map((row) => row.id);
  for (const [, fault] of faults) {
    await running.control.clearFaults();
    await strike(fault, CALENDARS, { times: 1 });
    await keep(create(connection));
    await strike(fault, "^/token$", { times: 1 });
    await keep(create(await openConnection(origin, { secrets, deadlineMs: DEADLINE_MS })));
  }
  await keep(create(await openConnection("http://127.0.0.1:9", { secrets })));
  expect(errors.length).toBeGreaterThan(faults.length * 2);
  for (const error of errors) {
    const text =
      inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack);
    for (const value of [...Object.values(secrets), ...Object.values(demoSecrets), ...accessTokens]) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value).toString("base64").replace(/=+$/u, ""));
    }
  }
});
