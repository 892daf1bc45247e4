import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { Browser } from "./testing/browser.ts";
import { firstAdministrator, invited, PASSWORD } from "./testing/first-administrator.ts";
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
  ada = await firstAdministrator(api);
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

describe("members", () => {
  test("act in the tenant that they name, with their roles, and in no other", async () => {
    const [alpha, beta] = [await api.tenant("alpha"), await api.tenant("beta")];
    const admin = await invited(api, ada, { email: "alice@example.org", roles: ["tenant-admin"], tenant: "alpha" });
    expect(await session(admin)).toMatchObject({
      platform: null,
      tenants: { items: [{ id: alpha.id, slug: "alpha", roles: ["tenant-admin"] }], next: null },
    });
    const mine = await admin.ask("GET", "/v1/deployments", undefined, { tenant: "alpha" });
    expect(mine.status).toBe(200);
    const foreign = await admin.ask("GET", "/v1/deployments", undefined, { tenant: "beta" });
    const nobodys = await admin.ask("GET", "/v1/deployments", undefined, { tenant: "nowhere" });
    expect(foreign.status).toBe(403);
    expect(foreign.body.detail).toBe(nobodys.body.detail);
    expect((await admin.ask("GET", "/v1/deployments", undefined, { tenant: beta.id })).status).toBe(403);
    expect((await admin.ask("GET", "/v1/deployments")).status).toBe(422);
    expect((await admin.ask("GET", "/v1/tenants", undefined, { tenant: "alpha" })).status).toBe(403);
    expect((await admin.ask("GET", "/v1/persons")).status).toBe(403);
    expect((await admin.ask("GET", "/v1/members", undefined, { tenant: "beta" })).status).toBe(403);
    const viewer = await invited(api, admin, { email: "vera@example.org", roles: ["viewer"], tenant: "alpha" });
    expect((await viewer.ask("GET", "/v1/deployments", undefined, { tenant: "alpha" })).status).toBe(200);
    expect((await viewer.ask("GET", "/v1/members", undefined, { tenant: "alpha" })).status).toBe(403);
    const rows = await superuser.query("SELECT actor, via, action FROM audit WHERE tenant_id = $1 ORDER BY seq", [
      alpha.id,
    ]);
    expect(rows.rows.map(({ action }) => action)).toEqual([
      "member.invited",
      "member.joined",
      "member.invited",
      "member.joined",
    ]);
    expect(rows.rows.map(({ actor }) => actor).join()).not.toContain("@");
    expect(rows.rows[0]).toMatchObject({ via: "ui", actor: expect.stringMatching(/^person:[0-9a-f-]{36}$/) });
  }, 60_000);

  test("whoever is everywhere is asked which tenant, and finds each by search, page by page", async () => {
    for (const slug of ["gamma-1", "gamma-2", "gamma-3"]) await api.tenant(slug);
    expect((await ada.ask("GET", "/v1/deployments", undefined, { tenant: "gamma-2" })).status).toBe(200);
    const page = (await ada.ask("GET", "/v1/session/tenants?search=GAMMA&limit=2")).body;
    expect(page.items.map(({ slug }: { slug: string }) => slug)).toEqual(["gamma-1", "gamma-2"]);
    const rest = (await ada.ask("GET", `/v1/session/tenants?search=gamma&limit=2&cursor=${page.next}`)).body;
    expect(rest).toMatchObject({ items: [{ slug: "gamma-3", roles: ["tenant-admin"] }], next: null });
    expect(rest.items[0].permissions).toEqual(expect.arrayContaining(["read", "members", "rollback"]));
    expect(rest.items[0].permissions).not.toContain("platform");
  });

  test("are changed and removed within a second, by somebody else than themselves", async () => {
    const alpha = { tenant: "alpha" };
    const admin = await signedIn("alice@example.org");
    const vera = await signedIn("vera@example.org");
    const { items } = (await admin.ask("GET", "/v1/members", undefined, alpha)).body;
    const idOf = (email: string) =>
      items.find(({ person }: { person: { email: string } }) => person.email === email).person.id;
    expect(items.map(({ person }: { person: { email: string } }) => person.email)).toEqual([
      "alice@example.org",
      "vera@example.org",
    ]);
    const roles = (id: string, given: string[]) => admin.ask("PUT", `/v1/members/${id}/roles`, { roles: given }, alpha);
    expect((await roles(idOf("alice@example.org"), ["viewer"])).status).toBe(409);
    expect((await roles(idOf("vera@example.org"), ["platform-admin"])).status).toBe(403);
    expect((await roles(idOf("vera@example.org"), ["viewer", "auditor"])).body).toMatchObject({
      roles: ["viewer", "auditor"],
    });
    await believed();
    expect((await vera.ask("GET", "/v1/audit", undefined, alpha)).status).toBe(200);
    const sessions = (await admin.ask("GET", `/v1/members/${idOf("vera@example.org")}/sessions`, undefined, alpha)).body
      .items;
    expect(sessions.length).toBeGreaterThan(0);
    const end = `/v1/members/${idOf("vera@example.org")}/sessions/${(await session(vera)).session.id}`;
    expect((await admin.ask("DELETE", end, undefined, alpha)).status).toBe(204);
    await believed();
    expect((await session(vera)).person).toBeNull();
    const back = await signedIn("vera@example.org");
    expect((await admin.ask("DELETE", `/v1/members/${idOf("vera@example.org")}`, undefined, alpha)).status).toBe(204);
    await believed();
    expect((await back.ask("GET", "/v1/deployments", undefined, alpha)).status).toBe(403);
    const stranger = (await session(ada)).person.id;
    expect((await admin.ask("GET", `/v1/members/${stranger}/sessions`, undefined, alpha)).status).toBe(404);
  }, 60_000);

  test("an invitation is shown once, taken back, replaced, and taken by one who is here already with their own password", async () => {
    const beta = { tenant: "beta" };
    const wish = { email: "alice@example.org", roles: ["viewer"] };
    const first = await ada.ask("POST", "/v1/invitations", wish, beta);
    const second = await ada.ask("POST", "/v1/invitations", wish, beta);
    const tokens = [first, second].map(({ body }) => body.invitationUrl.split("#")[1]);
    const listed = (await ada.ask("GET", "/v1/invitations", undefined, beta)).body.items;
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([second.body.id]);
    expect(JSON.stringify(listed)).not.toContain(tokens[1]);
    const alice = new Browser(api);
    expect((await alice.ask("POST", "/auth/invitation", { token: tokens[0] })).status).toBe(410);
    expect((await alice.ask("POST", "/auth/invitation", { token: tokens[1] })).body).toMatchObject({
      how: "own-password",
      tenant: { slug: "beta" },
    });
    const wrong = await alice.ask("POST", "/auth/claim", { token: tokens[1], password: "another password" });
    expect(wrong.body).toMatchObject({ code: "sign_in_refused" });
    expect((await alice.ask("POST", "/auth/claim", { token: tokens[1], password: PASSWORD })).status).toBe(204);
    expect((await session(alice)).tenants.items.map(({ slug }: { slug: string }) => slug)).toEqual(["alpha", "beta"]);
    const third = await ada.ask("POST", "/v1/invitations", { email: "late@example.org", roles: ["viewer"] }, beta);
    expect((await ada.ask("DELETE", `/v1/invitations/${third.body.id}`, undefined, beta)).status).toBe(204);
    const token = third.body.invitationUrl.split("#")[1];
    expect((await alice.ask("POST", "/auth/invitation", { token })).status).toBe(410);
    const platform = await invited(api, ada, { email: "otto@example.org", roles: ["operator"] });
    expect((await platform.ask("GET", "/v1/deployments", undefined, beta)).status).toBe(200);
    expect((await platform.ask("GET", "/v1/tenants")).status).toBe(403);
  }, 60_000);
});

describe("what is hard to take back", () => {
  const stale = async (browser: Browser) => {
    await superuser.query("UPDATE person_session SET authenticated_at = now() - interval '6 minutes' WHERE id = $1", [
      (await session(browser)).session.id,
    ]);
    await believed();
  };

  test("asks a person who showed too long ago who they are; the password is enough for five minutes; keys are not asked", async () => {
    const browser = await signedIn("alice@example.org");
    await stale(browser);
    const make = () => browser.ask("POST", "/v1/api-keys", { name: "ci", roles: ["ci"] }, { tenant: "alpha" });
    const asked = await make();
    expect(asked).toMatchObject({
      status: 403,
      body: { code: "reauthentication_required", details: { how: "password" } },
    });
    expect((await browser.ask("GET", "/v1/api-keys", undefined, { tenant: "alpha" })).status).toBe(200);
    const connection = "/v1/connections/01900000-0000-7000-8000-00000000dead/credential";
    const credential = await browser.ask("PUT", connection, { secrets: {} }, { tenant: "alpha" });
    expect(credential.body).toMatchObject({ code: "reauthentication_required" });
    expect((await browser.ask("POST", "/auth/reauthenticate", { password: "wrong" })).body.code).toBe(
      "sign_in_refused",
    );
    expect((await browser.ask("POST", "/auth/reauthenticate", { password: PASSWORD })).status).toBe(204);
    expect((await make()).status).toBe(201);
  }, 60_000);

  test("for a rollout it depends on the deployment; the way back is always open", async () => {
    const alpha = { tenant: "alpha" };
    const browser = await signedIn("alice@example.org");
    const create = (name: string, environment: string) =>
      browser.ask(
        "POST",
        "/v1/deployments",
        { name, playbook: "after-hours-answering", environment, connections: {} },
        alpha,
      );
    const [production, staging] = [await create("live", "production"), await create("trial", "staging")];
    await stale(browser);
    const start = (deploymentId: string) =>
      browser.ask("POST", "/v1/rollouts", { deploymentId, manifestVersion: "none@1.0.0" }, alpha);
    expect((await start(production.body.id)).body.code).toBe("reauthentication_required");
    expect((await start(staging.body.id)).body.code).toBe("not_found");
    expect((await browser.ask("POST", "/v1/deployments/live/revert", {}, alpha)).body.code).toBe(
      "reauthentication_required",
    );
    expect((await browser.ask("POST", "/v1/deployments/trial/revert", {}, alpha)).body.code).not.toBe(
      "reauthentication_required",
    );
    expect((await browser.ask("POST", "/v1/deployments/live/rollback", {}, alpha)).body.code).not.toBe(
      "reauthentication_required",
    );
    expect((await browser.ask("POST", "/v1/deployments/live/divert", {}, alpha)).body.code).not.toBe(
      "reauthentication_required",
    );
  }, 60_000);

  test("a new password ends the other sessions", async () => {
    const [one, other] = [await signedIn("alice@example.org"), await signedIn("alice@example.org")];
    const change = (password: string, newPassword: string) =>
      one.ask("POST", "/auth/password", { password, newPassword });
    expect((await change("wrong", "another long password")).status).toBe(401);
    expect((await change(PASSWORD, "another long password")).status).toBe(204);
    await believed();
    expect((await session(one)).person).not.toBeNull();
    expect((await session(other)).person).toBeNull();
    expect((await change("another long password", PASSWORD)).status).toBe(204);
  }, 60_000);
});

describe("the platform", () => {
  test("disables persons: sessions end, the password fits no more, and enabling brings them back", async () => {
    const browser = await signedIn("otto@example.org");
    const { id } = (await session(browser)).person;
    const listed = (await ada.ask("GET", "/v1/persons")).body.items;
    expect(listed.map(({ email }: { email: string }) => email)).toContain("otto@example.org");
    const disabled = await ada.ask("POST", `/v1/persons/${id}/disable`, { reason: "left" });
    expect(disabled.body).toMatchObject({ id, disabledAt: expect.any(String) });
    await believed();
    expect((await session(browser)).person).toBeNull();
    const again = await new Browser(api).ask("POST", "/auth/local", { email: "otto@example.org", password: PASSWORD });
    expect(again.body).toMatchObject({ code: "sign_in_refused", detail: "Address or password is wrong" });
    expect((await ada.ask("POST", `/v1/persons/${(await session(ada)).person.id}/disable`, {})).status).toBe(409);
    expect((await ada.ask("POST", `/v1/persons/${id}/enable`, {})).body).toMatchObject({ disabledAt: null });
    await signedIn("otto@example.org");
  }, 60_000);

  test("breaks the glass for an hour, with a reason, told to the tenant and in both logs", async () => {
    const tenant = await api.tenant("sealed");
    const watcher = await invited(api, ada, { email: "wanda@example.org", roles: ["platform-admin"] });
    const look = () => watcher.ask("GET", "/v1/deployments", undefined, { tenant: "sealed" });
    expect((await look()).status).toBe(403);
    const path = `/v1/tenants/${tenant.id}/break-glass`;
    expect((await watcher.ask("POST", path, { reason: " " })).status).toBe(422);
    expect((await watcher.ask("POST", path, { reason: "calls fail" })).body).toMatchObject({
      roles: ["viewer"],
      source: "break-glass",
    });
    await believed();
    expect((await look()).status).toBe(200);
    expect((await watcher.ask("POST", "/v1/deployments/x/divert", {}, { tenant: "sealed" })).status).toBe(403);
    const { rows } = await superuser.query("SELECT action, reason FROM audit WHERE action = 'tenant.glass-broken'");
    expect(rows).toEqual([1, 2].map(() => ({ action: "tenant.glass-broken", reason: "calls fail" })));
    const told = await superuser.query("SELECT kind FROM outbox WHERE tenant_id = $1", [tenant.id]);
    expect(told.rows).toEqual([{ kind: "tenant.glass-broken" }]);
    await superuser.query(
      "UPDATE membership SET expires_at = now() - interval '1 second' WHERE source = 'break-glass'",
    );
    await believed();
    expect((await look()).status).toBe(403);
    const key = await api.key(null, "platform-admin");
    expect((await api.ask(key, "POST", path, { reason: "x" })).status).toBe(409);
  }, 60_000);
});
