import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { openSessionWriter } from "@tandem/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { Browser } from "./testing/browser.ts";
import { firstAdministrator, invited } from "./testing/first-administrator.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let origin: string;
let superuser: pg.Client;
const keys: Record<string, string> = {};
const tenants: Record<string, string> = {};

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl, { TANDEM_EVENT_STREAMS_PER_TENANT: "300" });
  await api.app.listen(0, "127.0.0.1");
  const { port } = api.app.getHttpServer().address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  for (const slug of ["alpha", "beta"]) {
    const tenant = await api.tenant(slug);
    tenants[slug] = tenant.id;
    keys[slug] = await api.key(tenant, "tenant-admin");
    await deploy(slug, "desk");
  }
});
afterAll(async () => {
  await superuser.end();
  await api.close();
  await database.drop();
});

const deploy = (slug: string, name: string) =>
  api.ask(keys[slug] ?? "", "POST", "/v1/deployments", {
    name,
    playbook: "after-hours-answering",
    environment: "staging",
    connections: {},
  });

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly [member: string]: unknown };
}

/** A client of the stream that keeps what it hears. */
async function follow(key: string, lastEventId?: string) {
  const heard: Heard[] = [];
  const request = get(`${origin}/v1/stream`, {
    headers: {
      authorization: `Bearer ${key}`,
      accept: "text/event-stream",
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
  });
  request.on("error", () => {});
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  response.setEncoding("utf8").on("data", (piece: string) => {
    const parts = (text + piece).split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const members = Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (members["event"] !== undefined)
        heard.push({ id: members["id"], event: members["event"], data: JSON.parse(members["data"] ?? "{}") });
    }
  });
  const ended = new Promise<boolean>((resolve) => response.on("close", () => resolve(true)));
  response.on("error", () => {});
  return {
    status: response.statusCode,
    heard,
    ended,
    hears: async (event: string, count = 1): Promise<void> =>
      await expect
        .poll(() => heard.filter((one) => one.event === event).length, { timeout: 10_000 })
        .toBeGreaterThanOrEqual(count),
    close: () => request.destroy(),
  };
}

test("the overview and what needs a person are a key's own tenant's", async () => {
  const { status, body } = await api.ask(keys["alpha"] ?? "", "GET", "/v1/overview?sort=tenant&limit=10");
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({
    items: [{ tenant: { slug: "alpha" }, name: "desk", state: "not-live", live: null, calls: 0 }],
    next: null,
    counts: { "not-live": 1 },
  });
  expect((await api.ask(keys["alpha"] ?? "", "GET", "/v1/overview?tenant=beta")).body.items).toEqual([]);
  expect((await api.ask(keys["alpha"] ?? "", "GET", "/v1/attention")).body).toEqual({
    items: [],
    next: null,
    counts: {},
  });
});

test("what is asked wrongly is refused with its place", async () => {
  const ask = (query: string) => api.ask(keys["alpha"] ?? "", "GET", `/v1/overview?${query}`);
  for (const query of ["sort=age", "limit=0", "state=odd", "environment=home", "cursor=x"])
    expect((await ask(query)).status, query).toBe(422);
  expect((await ask(`after=${Buffer.from("\0").toString("base64url")}`)).status).toBe(422);
  expect((await api.ask(await api.key(null, "platform-admin"), "GET", "/v1/overview")).status).toBe(403);
});

test("a person sees all of their tenants at once, whichever they name, and what they no longer belong to is gone", async () => {
  const ada = await firstAdministrator(api);
  const slugsOf = async (browser: Browser, tenant?: string): Promise<string[]> => {
    const { body } = await browser.ask("GET", "/v1/overview", undefined, tenant === undefined ? {} : { tenant });
    return [...new Set<string>(body.items.map((item: { tenant: { slug: string } }) => item.tenant.slug))].toSorted();
  };
  expect(await slugsOf(ada)).toEqual(["alpha", "beta"]);
  const vera = await invited(api, ada, { email: "vera@example.org", roles: ["viewer"], tenant: "beta" });
  expect([await slugsOf(vera), await slugsOf(vera, "alpha")]).toEqual([["beta"], ["beta"]]);
  expect((await vera.ask("GET", "/v1/attention")).status).toBe(200);
  await superuser.query("DELETE FROM membership WHERE tenant_id = $1", [tenants["beta"]]);
  expect(await slugsOf(vera)).toEqual([]);
  expect((await new Browser(api).ask("GET", "/v1/overview")).status).toBe(401);
});

test("a change is told to those who belong to its tenant, with what it is about", async () => {
  const [mine, theirs] = [await follow(keys["alpha"] ?? ""), await follow(keys["beta"] ?? "")];
  await mine.hears("start");
  await theirs.hears("start");
  const { body } = await deploy("alpha", "second");
  await mine.hears("hint");
  expect(mine.heard.find(({ event }) => event === "hint")?.data).toEqual({
    tenant: "alpha",
    kind: "deployment",
    deployment: body.id,
  });
  await deploy("beta", "second");
  await theirs.hears("hint");
  expect(theirs.heard.filter(({ event }) => event === "hint").map(({ data }) => data["tenant"])).toEqual(["beta"]);
  for (const client of [mine, theirs]) client.close();
});

test("a client that comes back goes on where it was; one with a foreign id looks at everything", async () => {
  const before = await follow(keys["alpha"] ?? "");
  await before.hears("start");
  const place = before.heard.at(-1)?.id ?? "";
  before.close();
  const made = await deploy("alpha", "third");
  const back = await follow(keys["alpha"] ?? "", place);
  await back.hears("hint");
  expect(back.heard[0]?.data["deployment"]).toBe(made.body.id);
  back.close();
  const lost = await follow(keys["alpha"] ?? "", "another1.17");
  await lost.hears("reset");
  expect(lost.heard.map(({ event }) => event)).toEqual(["reset"]);
  lost.close();
});

test("calls of a deployment are told of at most once a second", async () => {
  const { body } = await api.ask(keys["alpha"] ?? "", "GET", "/v1/deployments/desk");
  const client = await follow(keys["alpha"] ?? "");
  await client.hears("start");
  const writer = openSessionWriter({ url: database.mediaUrl });
  const fromMs = performance.now();
  for (let n = 0; n < 12; n += 1)
    await writer.write({
      sessions: [
        {
          tenantId: tenants["alpha"] ?? "",
          deploymentId: body.id,
          sessionId: randomUUID(),
          callId: `CA${n}`,
          slot: "blue",
          bundleHash: "b",
          generation: 1,
          kind: "live",
          node: "n",
          from: null,
          startedAt: new Date().toISOString(),
          endedAt: null,
          disposition: null,
        },
      ],
      events: [],
    });
  await writer.close();
  await client.hears("hint");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const told = client.heard.filter(({ data }) => data["kind"] === "session");
  expect(told.length).toBeGreaterThanOrEqual(2); // the first at once, and one after the last
  expect(told.length).toBeLessThanOrEqual(2 + (performance.now() - fromMs) / 1000);
  client.close();
});

test("a stream ends with the key it was opened with", async () => {
  const key = await api.key({ id: tenants["alpha"] ?? "" } as never, "viewer");
  const client = await follow(key);
  await client.hears("start");
  await api.ask(keys["alpha"] ?? "", "DELETE", `/v1/api-keys/${key.split("_")[2]}`);
  expect(await client.ended).toBe(true);
});

test("two hundred streams share one listener", async () => {
  const clients = await Promise.all(Array.from({ length: 200 }, () => follow(keys["alpha"] ?? "")));
  await Promise.all(clients.map((client) => client.hears("start")));
  const { rows } = await superuser.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '% listen'",
  );
  const before = process.cpuUsage();
  await deploy("alpha", "told-to-all");
  await Promise.all(clients.map((client) => client.hears("hint")));
  const { user, system } = process.cpuUsage(before);
  console.info(
    `a change told to 200 streams: ${Math.round((user + system) / 1000)} ms of processor time, clients included`,
  );
  expect(rows[0].n).toBeGreaterThan(0);
  expect(rows[0].n).toBeLessThanOrEqual(4);
  for (const client of clients) client.close();
});
