import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { Browser } from "./testing/browser.ts";
import { firstAdministrator, firstRunToken, PASSWORD } from "./testing/first-administrator.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let superuser: pg.Client;
let ada: Browser;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await api.close();
  await database.drop();
});

const session = async (browser: Browser) => (await browser.ask("GET", "/v1/session")).body;
/** Longer than what is known of a session is believed. */
const believed = () => sleep(1000);

const signedIn = async (email: string): Promise<Browser> => {
  const browser = new Browser(api);
  expect((await browser.ask("POST", "/auth/local", { email, password: PASSWORD })).status).toBe(204);
  return browser;
};

describe("the first run", () => {
  test("says that nobody has been here; only the newest link makes the first person, once", async () => {
    const browser = new Browser(api);
    expect(await session(browser)).toMatchObject({
      person: null,
      signIn: { firstRun: true, local: true, provider: false },
    });
    const [older, newer] = [await firstRunToken(api), await firstRunToken(api)];
    const claim = { email: "Ada@Example.org", name: "Ada", password: PASSWORD };
    expect((await browser.ask("POST", "/auth/claim", { token: older, ...claim })).body).toMatchObject({
      code: "invitation_refused",
    });
    expect((await browser.ask("POST", "/auth/invitation", { token: newer })).body).toEqual({
      kind: "first-run",
      email: null,
      tenant: null,
      roles: ["platform-admin", "tenant-admin"],
      how: "new-password",
    });
    const short = await browser.ask("POST", "/auth/claim", { token: newer, ...claim, password: "short" });
    expect(short).toMatchObject({ status: 422, body: { errors: [{ path: "/password" }] } });
    const both = await Promise.all([
      browser.ask("POST", "/auth/claim", { token: newer, ...claim }),
      new Browser(api).ask("POST", "/auth/claim", { token: newer, ...claim, email: "eve@example.org" }),
    ]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 410]);
    ada = both[0].status === 204 ? browser : await signedIn("eve@example.org");
    expect(await firstRunToken(api)).toBeNull();
    expect(await session(ada)).toMatchObject({
      person: { hasPassword: true, confirmsWith: "password" },
      platform: { roles: ["platform-admin", "tenant-admin"] },
      signIn: { firstRun: false },
    });
    expect((await session(ada)).platform.permissions).toContain("platform");
  });

  test("the cookie is bound to this machine here, and read by no script", () => {
    expect([...ada.cookies.keys()]).toEqual(["tandem-session"]);
  });
});

describe("signing in by password", () => {
  test("sets a cookie that no script reads and no other site sends, and a new one each time", async () => {
    const email = (await session(ada)).person.email;
    const browser = new Browser(api);
    const first = await browser.ask("POST", "/auth/local", { email: email.toUpperCase(), password: PASSWORD });
    expect(first.setCookies[0]).toMatch(/^tandem-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/);
    const [planted] = browser.cookies.values();
    const before = new Browser(api);
    before.cookies.set("tandem-session", planted ?? "");
    expect((await session(before)).person).not.toBeNull();
    await browser.ask("POST", "/auth/local", { email, password: PASSWORD });
    expect([...browser.cookies.values()][0]).not.toBe(planted);
    expect((await session(before)).person).toBeNull();
  });

  test("a planted session id of nobody's becomes nobody's session", async () => {
    const browser = new Browser(api);
    browser.cookies.set("tandem-session", "x".repeat(43));
    expect((await session(browser)).person).toBeNull();
    const email = (await session(ada)).person.email;
    await browser.ask("POST", "/auth/local", { email, password: PASSWORD });
    expect(browser.cookies.get("tandem-session")).not.toBe("x".repeat(43));
  });

  test("an unknown address, a wrong password and a disabled person are refused alike, after the same work", async () => {
    const email = (await session(ada)).person.email;
    const timed = async (given: { email: string; password: string }) => {
      const used = process.cpuUsage();
      const answer = await new Browser(api).ask("POST", "/auth/local", given);
      const { instance: _, ...body } = answer.body;
      return { answer: { status: answer.status, body, cookies: answer.setCookies }, cpu: process.cpuUsage(used).user };
    };
    await timed({ email, password: "warm up" });
    const wrong = await timed({ email, password: "not the password" });
    const unknown = await timed({ email: "nobody@example.org", password: "not the password" });
    expect(wrong.answer).toMatchObject({ status: 401, body: { code: "sign_in_refused" }, cookies: [] });
    expect(unknown.answer).toEqual(wrong.answer);
    expect(unknown.cpu).toBeGreaterThan(wrong.cpu / 4);
  });

  test("guessing is counted by address of the network and by account", async () => {
    const guesser = new Browser(api, "198.51.100.1");
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1)
      statuses.push((await guesser.ask("POST", "/auth/invitation", { token: "x".repeat(43) })).status);
    expect(statuses.filter((status) => status === 410)).toHaveLength(20);
    expect(statuses.at(-1)).toBe(429);
    const ofAccount: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      const browser = new Browser(api, `198.51.101.${n}`);
      ofAccount.push(
        (await browser.ask("POST", "/auth/local", { email: "target@example.org", password: "guess" })).status,
      );
    }
    expect(ofAccount).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  }, 60_000);

  test("a session goes idle after 30 minutes and is over after 12 hours whatever its use", async () => {
    const email = (await session(ada)).person.email;
    for (const past of ["seen_at = seen_at - interval '30 minutes'", "created_at = created_at - interval '12 hours'"]) {
      const browser = await signedIn(email);
      const { session: mine } = await session(browser);
      await superuser.query(`UPDATE person_session SET ${past} WHERE id = $1`, [mine.id]);
      await believed();
      expect((await session(browser)).person, past).toBeNull();
      expect((await browser.ask("GET", "/v1/session/sessions")).body).toMatchObject({ code: "unauthenticated" });
    }
  });

  test("use keeps a session, noted once a minute", async () => {
    const browser = await signedIn((await session(ada)).person.email);
    const { session: mine } = await session(browser);
    await superuser.query("UPDATE person_session SET seen_at = seen_at - interval '29 minutes' WHERE id = $1", [
      mine.id,
    ]);
    const other = await runApi(database.appUrl);
    const there = new Browser(other);
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    await there.ask("GET", "/v1/session/sessions");
    await expect
      .poll(async () => {
        const { rows } = await superuser.query(
          "SELECT seen_at > now() - interval '1 minute' AS fresh FROM person_session WHERE id = $1",
          [mine.id],
        );
        return rows[0].fresh;
      })
      .toBe(true);
    await other.close();
  });

  test("signing out ends the session at once, ending another one within a second", async () => {
    const email = (await session(ada)).person.email;
    const [one, two] = [await signedIn(email), await signedIn(email)];
    const stolen = new Browser(api);
    for (const [name, value] of one.cookies) stolen.cookies.set(name, value);
    expect((await one.ask("POST", "/auth/logout")).status).toBe(204);
    expect(one.cookies.size).toBe(0);
    expect((await session(stolen)).person).toBeNull();
    const { items } = (await ada.ask("GET", "/v1/session/sessions")).body;
    const second = (await session(two)).session.id;
    expect(items.find(({ isThis }: { isThis: boolean }) => isThis).id).toBe((await session(ada)).session.id);
    expect(items[0]).toMatchObject({ userAgent: "Test Browser 1" });
    expect((await ada.ask("DELETE", `/v1/session/sessions/${second}`)).status).toBe(204);
    await believed();
    expect((await session(two)).person).toBeNull();
  });
});

describe("requests of other sites", () => {
  test("change nothing: by Sec-Fetch-Site, else by Origin, else refused; bodies are JSON", async () => {
    const ask = (headers: Record<string, string>, saysSite = false) =>
      ada.ask("POST", "/v1/tenants", { slug: "csrf", name: "x" }, { headers, saysSite });
    const strange = { origin: "https://evil.example" };
    for (const headers of [
      {},
      strange,
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { "sec-fetch-site": "cross-site", origin: "http://127.0.0.1:4000" },
    ])
      expect((await ask(headers)).body, JSON.stringify(headers)).toMatchObject({
        code: "cross_site_refused",
        status: 403,
      });
    const asForm = { "sec-fetch-site": "same-origin", "content-type": "text/plain" };
    expect((await ask(asForm)).status).toBe(415);
    expect((await ask({ origin: "http://127.0.0.1:4000" })).status).toBe(201);
  });

  test("sign nobody in", async () => {
    const email = (await session(ada)).person.email;
    const browser = new Browser(api);
    const answer = await browser.ask("POST", "/auth/local", { email, password: PASSWORD }, { saysSite: false });
    expect(answer.body).toMatchObject({ code: "cross_site_refused" });
    expect(browser.cookies.size).toBe(0);
  });

  test("a key is asked for nothing of the kind, and wins over a cookie", async () => {
    const tenant = await api.tenant("keyed");
    const key = await api.key(tenant, "viewer");
    const answer = await ada.ask("GET", "/v1/deployments", undefined, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    const denied = await ada.ask("GET", "/v1/session/sessions", undefined, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(denied.status).toBe(403);
  });
});

test("at an address of its own the cookie is bound to the host and to https", async () => {
  const own = await freshDatabase();
  const there = await runApi(own.appUrl, { TANDEM_API_URL: "https://tandem.example" });
  const browser = await firstAdministrator(there);
  expect([...browser.cookies.keys()]).toEqual(["__Host-tandem-session"]);
  const again = await browser.ask("POST", "/auth/local", { email: "ada@example.org", password: PASSWORD });
  expect(again.setCookies[0]).toMatch(
    /^__Host-tandem-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure$/,
  );
  const strange = await browser.ask("POST", "/auth/logout", undefined, {
    saysSite: false,
    headers: { origin: "http://tandem.example" },
  });
  expect(strange.body).toMatchObject({ code: "cross_site_refused" });
  await there.close();
  await own.drop();
}, 60_000);
