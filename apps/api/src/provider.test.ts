import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { rolesOf } from "./auth/provider.ts";
import { returnPath } from "./auth/return-path.ts";
import { Browser } from "./testing/browser.ts";
import { firstAdministrator, PASSWORD } from "./testing/first-administrator.ts";
import { type Misbehaviour, type OpenIdProvider, openIdProvider, openIdSettings } from "./testing/openid-provider.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

const ROLES = {
  "voice-ops": { mapped: ["operator", "approver"], gone: ["viewer"] },
  admins: { "*": ["platform-admin"] },
};

let database: FreshDatabase;
let provider: OpenIdProvider;
let api: RunningApi;
let superuser: pg.Client;
let ada: Browser;

beforeAll(async () => {
  database = await freshDatabase();
  provider = await openIdProvider();
  api = await runApi(database.appUrl, {
    ...openIdSettings(provider.issuer),
    TANDEM_OIDC_ROLES_CLAIM: "groups",
    TANDEM_OIDC_ROLES: JSON.stringify(ROLES),
  });
  superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  ada = await firstAdministrator(api);
  await api.tenant("mapped");
  await api.tenant("invited");
});
afterAll(async () => {
  await superuser.end();
  await api.close();
  await provider.close();
  await database.drop();
});
beforeEach(() => {
  provider.misbehaviour = null;
});

const session = async (browser: Browser) => (await browser.ask("GET", "/v1/session")).body;
const path = ({ pathname, search }: URL) => `${pathname}${search}`;

/** A browser's whole way to the provider and back; what the API answers at the end. */
async function visit(browser: Browser, person: OpenIdProvider["person"], login = "/auth/login?return=/t/invited/d/1") {
  provider.person = person;
  const left = await browser.ask("GET", login, undefined, { saysSite: false });
  expect(left.status).toBe(302);
  const back = await provider.visit(left.headers["location"] ?? "");
  return browser.ask("GET", path(back), undefined, { saysSite: false });
}

const invite = (email: string, tenant = "invited") =>
  ada.ask("POST", "/v1/invitations", { email, roles: ["viewer"] }, { tenant });

const anna = { sub: "anna", email: "Anna@Example.org", email_verified: true, name: "Anna" };

describe("signing in at a provider", () => {
  test("brings somebody who is invited by a verified address back to where they wanted to go, and knows them by subject after", async () => {
    await invite("anna@example.org");
    const browser = new Browser(api);
    expect((await session(browser)).signIn).toMatchObject({ provider: true });
    const back = await visit(browser, anna);
    expect(back).toMatchObject({ status: 302, headers: { location: "/t/invited/d/1" } });
    expect(await session(browser)).toMatchObject({
      person: { email: "anna@example.org", name: "Anna", hasPassword: false, confirmsWith: "provider" },
      tenants: { items: [{ slug: "invited", roles: ["viewer"] }] },
    });
    const again = new Browser(api);
    await visit(again, { ...anna, email: "anna.new@example.org", email_verified: false });
    expect((await session(again)).person.id).toBe((await session(browser)).person.id);
  });

  test("refuses with a page whoever is not invited, has no verified address, or is disabled", async () => {
    await invite("carl@example.org");
    for (const [person, says] of [
      [{ sub: "bert", email: "bert@example.org", email_verified: true }, "nobody has invited"],
      [
        { sub: "carl", email: "carl@example.org", email_verified: false },
        "not say that your e-mail address is verified",
      ],
      [{ sub: "carl", email: "carl@example.org" }, "not say that your e-mail address is verified"],
      [{ sub: "nemo" }, "not say that your e-mail address is verified"],
    ] as const) {
      const browser = new Browser(api);
      const refused = await visit(browser, person);
      expect(refused.status).toBe(401);
      expect(refused.headers["content-type"]).toContain("text/html");
      expect(refused.headers["content-security-policy"]).toContain("default-src 'none'");
      expect(refused.body).toContain(says);
      expect((await session(browser)).person).toBeNull();
    }
    const { rows } = await superuser.query("SELECT id FROM person WHERE email = 'anna@example.org'");
    await ada.ask("POST", `/v1/persons/${rows[0].id}/disable`, {});
    expect((await visit(new Browser(api), anna)).status).toBe(401);
    await ada.ask("POST", `/v1/persons/${rows[0].id}/enable`, {});
  });

  test("an identity of the same address does not become a person whom another identity has", async () => {
    await invite("anna@example.org");
    const browser = new Browser(api);
    expect((await visit(browser, { ...anna, sub: "impostor" })).status).toBe(401);
    expect((await session(browser)).person).toBeNull();
  });

  test.each<Misbehaviour>(["wrong-nonce", "wrong-audience", "wrong-key", "expired", "no-id-token"])(
    "accepts no answer with %s",
    async (misbehaviour) => {
      provider.misbehaviour = misbehaviour;
      const browser = new Browser(api);
      expect((await visit(browser, anna)).status).toBe(401);
      expect(browser.cookies.size).toBe(0);
    },
  );

  test("an answer belongs to the browser that began, once, and to its state", async () => {
    provider.person = anna;
    const [mine, other] = [new Browser(api), new Browser(api)];
    const left = await mine.ask("GET", "/auth/login");
    expect(left.setCookies[0]).toMatch(/^tandem-sign-in=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
    const back = await provider.visit(left.headers["location"] ?? "");
    expect((await other.ask("GET", path(back))).status).toBe(401);
    await other.ask("GET", "/auth/login");
    expect((await other.ask("GET", path(back))).status).toBe(401);
    const altered = new URL(back);
    altered.searchParams.set("state", "another");
    const kept = new Map(mine.cookies);
    expect((await mine.ask("GET", path(altered))).status).toBe(401);
    for (const [name, value] of kept) mine.cookies.set(name, value);
    expect((await mine.ask("GET", path(back))).status).toBe(302);
    for (const [name, value] of kept) mine.cookies.set(name, value);
    expect((await mine.ask("GET", path(back))).status).toBe(401);
    const error = new URL(back);
    error.search = new URLSearchParams({
      error: "access_denied",
      state: back.searchParams.get("state") ?? "",
    }).toString();
    for (const [name, value] of kept) mine.cookies.set(name, value);
    expect((await mine.ask("GET", path(error))).status).toBe(401);
  });

  test("asks the provider with PKCE, state and nonce, and tells nobody's cookie the session before it is known", async () => {
    const browser = new Browser(api);
    const { headers } = await browser.ask("GET", "/auth/login");
    const asked = new URL(headers["location"] ?? "").searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      redirect_uri: "http://127.0.0.1:4000/auth/callback",
      scope: "openid email profile",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked.get(name)?.length).toBeGreaterThanOrEqual(43);
    expect([...browser.cookies.keys()]).toEqual(["tandem-sign-in"]);
  });

  test("passwords are the platform administrators' alone; an invitation leads to the provider", async () => {
    const link = (await invite("dora@example.org")).body.invitationUrl.split("#")[1];
    const browser = new Browser(api);
    expect((await browser.ask("POST", "/auth/invitation", { token: link })).body).toMatchObject({ how: "provider" });
    const claimed = await browser.ask("POST", "/auth/claim", { token: link, name: "Dora", password: PASSWORD });
    expect(claimed.body).toMatchObject({ code: "invitation_refused" });
    const admin = await new Browser(api).ask("POST", "/auth/local", { email: "ada@example.org", password: PASSWORD });
    expect(admin.status).toBe(204);
    await superuser.query(
      `UPDATE person SET password_hash = (SELECT password_hash FROM person WHERE email = 'ada@example.org') WHERE email = 'anna@example.org'`,
    );
    const member = await new Browser(api).ask("POST", "/auth/local", { email: "anna@example.org", password: PASSWORD });
    expect(member.body).toMatchObject({ code: "sign_in_refused" });
  });

  test("whoever had a password and becomes known to the provider signs in there only, and their sessions end", async () => {
    await superuser.query(
      `INSERT INTO person (tenant_id, id, email, name, password_hash)
       SELECT tenant_id, '01900000-0000-7000-8000-0000000000aa', 'early@example.org', 'Squatter', password_hash FROM person WHERE email = 'ada@example.org'`,
    );
    await api.store.startSession(
      {
        personId: "01900000-0000-7000-8000-0000000000aa",
        tokenHash: "squatted",
        userAgent: "",
        authenticatedAt: new Date().toISOString(),
        replaces: null,
      },
      "r",
    );
    await invite("early@example.org");
    expect(
      (await visit(new Browser(api), { sub: "early", email: "early@example.org", email_verified: true })).status,
    ).toBe(302);
    const { rows } = await superuser.query(
      `SELECT p.password_hash, s.ended_at IS NOT NULL AS ended FROM person p JOIN person_session s ON s.person_id = p.id
       WHERE p.email = 'early@example.org' AND s.token_hash = 'squatted'`,
    );
    expect(rows).toEqual([{ password_hash: null, ended: true }]);
  });

  test("to show again who one is, the provider asks anew, and it is the same person", async () => {
    const browser = new Browser(api);
    await visit(browser, anna);
    const { session: mine } = await session(browser);
    const past = "UPDATE person_session SET authenticated_at = now() - interval '6 minutes' WHERE id = $1";
    await superuser.query(past, [mine.id]);
    const left = await browser.ask("GET", "/auth/login?confirm=1");
    expect(new URL(left.headers["location"] ?? "").searchParams.get("prompt")).toBe("login");
    await invite("other@example.org");
    const other = { sub: "other", email: "other@example.org", email_verified: true };
    expect((await visit(browser, other, "/auth/login?confirm=1")).status).toBe(401);
    const stale = { ...anna, auth_time: Math.floor(Date.now() / 1000) - 3600 };
    expect((await visit(browser, stale, "/auth/login?confirm=1")).status).toBe(401);
    expect((await visit(browser, anna, "/auth/login?confirm=1&return=/x")).headers["location"]).toBe("/x");
    const after = (await session(browser)).session;
    expect(after.id).toBe(mine.id);
    expect(Date.parse(after.confirmedUntil)).toBeGreaterThan(Date.now());
  });
});

describe("roles by a claim", () => {
  test("are given at each sign-in and taken when the claim no longer gives them; those given by hand stay", async () => {
    const browser = new Browser(api);
    const mona = { sub: "mona", email: "mona@example.org", email_verified: true, groups: ["voice-ops", "unknown"] };
    expect((await visit(browser, mona)).status).toBe(302);
    expect((await session(browser)).tenants.items).toMatchObject([{ slug: "mapped", roles: ["approver", "operator"] }]);
    await invite("mona@example.org");
    await visit(browser, { ...mona, groups: "admins" });
    const after = await session(browser);
    expect(after.platform.roles).toEqual(["platform-admin"]);
    expect(after.tenants.items).toMatchObject([{ slug: "invited", roles: ["viewer"] }]);
    await visit(browser, { ...mona, groups: [] });
    expect((await session(browser)).platform).toBeNull();
    const { rows } = await superuser.query("SELECT action FROM audit WHERE reason = 'provider' ORDER BY at, seq");
    expect(rows).toHaveLength(4);
  });

  test("names of the prototype give nothing", () => {
    expect(rolesOf({}, ["constructor", "__proto__", 7, null]).size).toBe(0);
    expect(rolesOf({ a: { x: ["viewer"] }, b: { x: ["viewer", "author"] } }, ["a", "b"]).get("x")).toEqual([
      "viewer",
      "author",
    ]);
  });
});

test.each([
  ["/t/a/d/b?x=1#y", "/t/a/d/b?x=1#y"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["https://evil.example/", "/"],
  ["javascript:alert(1)", "/"],
  ["/..//evil.example", "/"],
  ["t/a", "/"],
  [undefined, "/"],
  [["/a"], "/"],
])("after signing in %s leads to %s", (wish, path) => {
  expect(returnPath({ apiUrl: "https://tandem.example", port: 4000 }, wish)).toBe(path);
});

test("while the provider is away the page says so, and it is asked again afterwards", async () => {
  const own = await freshDatabase();
  const there = await runApi(own.appUrl, openIdSettings("http://127.0.0.1:9"));
  const answer = await new Browser(there).ask("GET", "/auth/login");
  expect(answer.status).toBe(502);
  expect(answer.body).toContain("cannot be reached");
  await there.close();
  await own.drop();
});
