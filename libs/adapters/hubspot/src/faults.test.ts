import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { VendorError, type VendorErrorFacts } from "@tandem/kernel";
import type { Fault, RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openConnection, pipeline, startHubspot } from "../test/open-connection.ts";
import { demoAccount } from "./sandbox.ts";

const DEADLINE_MS = 1000;
let running: RunningSandbox;
let origin: string;
const servers: Server[] = [];

beforeAll(async () => {
  running = await startHubspot();
  origin = running.origins["hubspot"] ?? "";
});
afterAll(async () => {
  await running.close();
  for (const server of servers) server.close();
});
beforeEach(() => running.control.clearFaults());

const fresh = (accessToken?: string) =>
  openConnection(origin, { deadlineMs: DEADLINE_MS, ...(accessToken === undefined ? {} : { accessToken }) });

async function failed(call: Promise<unknown>): Promise<VendorError> {
  const error = await call.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof VendorError)) throw error;
  return error;
}

/** A server that answers everything the same way. */
const answering = (status: number, body: string, headers: Record<string, string> = {}): Promise<string> =>
  listening((_, response) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(body));

const json = (body: object) => JSON.stringify({ status: "error", message: "told", correlationId: "c-1", ...body });
const answers: readonly [string, number, string, Record<string, string>, Partial<VendorErrorFacts>][] = [
  [
    "each second's limit",
    429,
    json({ policyName: "SECONDLY" }),
    {},
    { fault: "throttled", effect: "none", vendorCode: "SECONDLY", retryAfterMs: 1000 },
  ],
  [
    "ten seconds' limit",
    429,
    json({ policyName: "TEN_SECONDLY_ROLLING" }),
    {},
    { fault: "throttled", retryAfterMs: 10_000 },
  ],
  [
    "the vendor's own wait wins",
    429,
    json({ policyName: "DAILY" }),
    { "retry-after": "60" },
    { fault: "throttled", retryAfterMs: 60_000 },
  ],
  ["locked", 423, json({}), {}, { fault: "throttled", effect: "none", retryAfterMs: 2000 }],
  ["portal being moved", 477, json({}), { "retry-after": "30" }, { fault: "throttled", retryAfterMs: 30_000 }],
  [
    "unknown token",
    401,
    json({ category: "INVALID_AUTHENTICATION" }),
    {},
    { fault: "unauthorized", effect: "none", requestId: "c-1" },
  ],
  ["payment", 402, json({}), {}, { fault: "payment", effect: "none" }],
  ["conflict", 409, json({ category: "CONFLICT" }), {}, { fault: "conflict", effect: "none" }],
  ["validation", 400, json({ category: "VALIDATION_ERROR" }), {}, { fault: "invalid", effect: "none" }],
  [
    "an HTML error page",
    502,
    "<html>",
    { "content-type": "text/html" },
    { fault: "unavailable", effect: "unknown", status: 502 },
  ],
  [
    "another 2xx than agreed",
    200,
    JSON.stringify({ id: "1" }),
    {},
    { fault: "contract", effect: "unknown", status: 200 },
  ],
  ["not JSON", 201, "{", {}, { fault: "contract", effect: "unknown" }],
  ["members missing", 201, "{}", {}, { fault: "contract", effect: "unknown" }],
];

test.each(answers)("%s", async (_, status, body, headers, facts) => {
  const { resources } = await openConnection(await answering(status, body, headers), { deadlineMs: DEADLINE_MS });
  const create = {
    ...pipeline,
    kind: "crm.property-group",
    fields: { object: "deals", name: "tandem", label: "Tandem" },
  };
  expect((await failed(resources.write("create", create))).facts).toMatchObject({ vendor: "hubspot", ...facts });
});

/** A server that does what it is told and keeps what it saw. */
async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the token does not follow a redirect to another host", async () => {
  const tokens: (string | undefined)[] = [];
  const elsewhere = await listening((request, response) => {
    tokens.push(request.headers.authorization);
    response.end("{}");
  });
  const redirecting = await listening((request, response) =>
    response.writeHead(307, { location: elsewhere + (request.url ?? "") }).end(),
  );
  const { crm } = await openConnection(redirecting);
  await failed(crm!.probe());
  expect(tokens).toEqual([]);
});

test("at the deadline the request is really given up", async () => {
  let closed: () => void = () => {};
  const closing = new Promise<void>((resolve) => (closed = resolve));
  const hanging = await listening((request) => request.socket.on("close", () => closed()));
  const { resources } = await openConnection(hanging, { deadlineMs: 100 });
  expect((await failed(resources.read("crm.pipeline", "0".repeat(26)))).facts).toMatchObject({ fault: "unavailable" });
  await closing;
});

test("a missing scope is named", async () => {
  await running.control.act("hubspot", "setGrantedScopes", { scopes: ["crm.objects.contacts.read"] });
  const connection = await fresh();
  const error = await failed(connection.resources.write("create", pipeline));
  expect(error.facts).toMatchObject({ fault: "forbidden", effect: "none", vendorCode: "MISSING_SCOPES" });
  expect(error.message).toContain("crm.schemas.deals.write");
  expect((await connection.crm!.probe()).grantedScopes).toEqual(["crm.objects.contacts.read"]);
  await running.control.act("hubspot", "setGrantedScopes", { scopes: [...demoAccount.scopes] });
});

test("a token that the vendor does not know is unauthorized for the probe too", async () => {
  const { crm } = await fresh("pat-na1-somebody-elses");
  expect((await failed(crm!.probe())).facts).toMatchObject({ fault: "unauthorized", effect: "none" });
});

test("the probe has a deadline like every call", async () => {
  await running.control.setFault({ vendor: "hubspot", path: "access-token-info", fault: { do: "hang" } });
  expect((await failed((await fresh()).crm!.probe())).facts).toMatchObject({ fault: "unavailable", effect: "none" });
});

test("a deal whose answer was lost is found again and not doubled", async () => {
  const { crm } = await openConnection(origin);
  await running.control.setFault({
    vendor: "hubspot",
    method: "POST",
    path: "/deals$",
    fault: { do: "lose-response" },
  });
  const deal = {
    key: "d1",
    name: "Deal",
    pipelineId: "default",
    stageId: "closedwon",
    contactId: "51",
    properties: {},
  };
  expect((await failed(crm!.upsertDeal(deal))).facts).toMatchObject({ fault: "unavailable", effect: "unknown" });
  expect(await crm!.upsertDeal(deal)).toMatchObject({ created: false });
});

test("the SDK's process-global client is never built, so no other tenant's settings can reach a connection", async () => {
  await fresh();
  const { createRequire } = await import("node:module");
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) =>
    path.includes("@hubspot/api-client"),
  );
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.filter((path) => /ApiDecoratorService|bottleneck|src\/client/u.test(path))).toEqual([]);
});

test("no credential and no caller's data shows in any error, in any depth", async () => {
  const planted = "pat-na1-planted-secret-token";
  const person = "planted.person@private.example";
  const errors: VendorError[] = [];
  const kept = async (call: Promise<unknown>) => void errors.push(await failed(call));
  const faults: Fault[] = [
    { do: "throttle" },
    { do: "fail-before" },
    { do: "lose-response" },
    { do: "reset" },
    { do: "hang" },
    { do: "truncate" },
    { do: "truncate", framing: "intact" },
    { do: "drip", everyMs: 50 },
    { do: "bad-gateway" },
  ];
  const contact = { email: person, phone: "+12025550199", properties: {}, isTest: false };
  const refusedBy = async (connection: Awaited<ReturnType<typeof fresh>>) => {
    await kept(connection.crm!.upsertContact(contact));
    await kept(connection.crm!.probe());
  };
  await refusedBy(await fresh(planted));
  await refusedBy(await openConnection("http://127.0.0.1:9", { accessToken: planted }));
  await refusedBy(
    await openConnection(
      await answering(400, json({ message: `${planted} and ${person} and +1 (202) 555-0199 are wrong` })),
      { accessToken: planted },
    ),
  );
  for (const fault of faults) {
    await running.control.clearFaults();
    await running.control.setFault({ vendor: "hubspot", times: null, fault });
    await kept((await fresh()).crm!.upsertContact(contact));
  }
  expect(errors).toHaveLength(faults.length + 6);
  for (const error of errors) {
    const text = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String(error.stack);
    for (const value of [planted, demoAccount.accessToken, person, "555-0199", "2025550199"])
      expect(text).not.toContain(value);
  }
});
