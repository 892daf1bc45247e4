import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { tandem } from "./harness/command-line.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";

let database: FreshDatabase;
let installation: Installation;
let office: Office;

const run = (...words: string[]) => tandem(office.api, words);

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
  office = await Office.open(installation);
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

test("from nothing to live and back, as CI does it: every code and every JSON result is what the API says", async () => {
  const planned = await run("plan", "front-desk", "--json");
  expect(planned.code).toBe(3);
  const { plan, comparison } = await office.api.get(`/v1/plans/${planned.json().id}`);
  expect(planned.json()).toEqual({ ...plan, comparison });

  const file = join(installation.folder, "plan.json");
  const written = await run("plan", "front-desk", "--out", file);
  expect(written.code).toBe(3);
  expect(written.out).toContain("tandem apply front-desk --plan");
  const saved = JSON.parse(readFileSync(file, "utf8")) as { id: string };

  const applied = await run("apply", "front-desk", "--plan", saved.id, "--yes", "--bake", "0.3", "--json");
  expect(applied.code, applied.err).toBe(0);
  expect(applied.json()).toEqual(await office.api.get(`/v1/rollouts/${applied.json().id}`));
  expect(applied.json()).toMatchObject({ phase: "succeeded", planId: saved.id });
  expect(applied.err).toContain("baking");

  const stale = await run("apply", "front-desk", "--plan", saved.id, "--yes", "--json");
  expect(stale.code).toBe(1);
  expect(stale.json().problem).toMatchObject({
    status: 409,
    code: "plan_stale",
    details: { moved: expect.arrayContaining([expect.objectContaining({ path: "pointer.generation" })]) },
  });

  expect(stale.err).toContain("moved: pointer.generation");

  const status = await run("status", "front-desk", "--json");
  expect(status.code).toBe(0);
  expect(status.json()).toEqual({ ...(await office.detail()), rollout: null });

  await office.rollOut();
  const same = await run("plan", "front-desk", "--json");
  expect([same.code, same.json().changes.filter(({ action }: { action: string }) => action !== "no-op")]).toEqual([
    0,
    [],
  ]);

  const list = await run("deployments", "--json");
  expect([list.code, list.json()]).toEqual([0, (await office.api.get("/v1/deployments")).items]);
  const words = await run("status", "front-desk");
  expect(words.code).toBe(0);
  expect(words.out).toMatch(/green/);
  expect(words.out + words.err).not.toContain("\u001B[");
});

test("a rollout that waits for a person answers 3; promoted it goes live; rolled back its follower answers 1", async () => {
  expect((await run("deployments", "set", "front-desk", "voice=11labs-Myra")).code).toBe(0);
  const waiting = await run("apply", "front-desk", "--yes", "--promotion", "manual", "--bake", "600", "--json");
  expect(waiting.code).toBe(3);
  expect(waiting.json().phase).toBe("awaiting-promotion");
  const following = run("promote", "front-desk", "--json");
  expect((await following).code).toBe(0);
  await office.reach(waiting.json().id, ["baking"]);
  const back = await run("rollback", "front-desk", "--reason", "test", "--json");
  expect(back.code).toBe(0);
  expect(back.json()).toMatchObject({ wasAbort: false, pointer: { active: "green" } });
  await office.reach(waiting.json().id, ["rolled-back"]);
});

test("a key is made, shown once, does what its roles may, is listed without its secret and revoked", async () => {
  const made = await run("keys", "create", "night shift", "--role", "viewer", "--days", "1", "--json");
  expect(made.code, made.err).toBe(0);
  const { key, keyId } = made.json();
  const night = { origin: office.api.origin, key };
  expect((await tandem(night, ["status", "front-desk"])).code).toBe(0);
  const refused = await tandem(night, ["divert", "front-desk"]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("operator")]);

  const list = await run("keys");
  expect(list.out).toContain("night shift");
  expect(list.out).not.toContain(key);
  expect((await run("keys", "revoke", keyId)).code).toBe(0);
  await expect.poll(async () => (await tandem(night, ["status", "front-desk"])).code, { timeout: 20_000 }).toBe(1);
});

test("a person is invited by a link shown once, listed, given other roles and removed", async () => {
  const email = "night@example.com";
  const invited = await run("members", "invite", email, "--role", "viewer", "--days", "1", "--json");
  expect(invited.code, invited.err).toBe(0);
  const { invitationUrl } = invited.json();
  const open = await run("members", "invitations");
  expect(open.out).toContain(email);
  expect(open.out).not.toContain(invitationUrl.split("#")[1]);
  const taken = (await run("members", "invite", "wrong@example.com", "--role", "viewer", "--json")).json();
  expect((await run("members", "revoke", taken.id)).code).toBe(0);
  expect((await run("members", "invitations", "--json")).json()).toMatchObject([{ email }]);

  const claim = { token: invitationUrl.split("#")[1], name: "Night Shift", password: randomUUID() };
  const { origin } = office.api;
  expect((await office.api.ask("POST", "/auth/claim", claim, { origin })).status).toBe(204);
  expect((await run("members")).out).toMatch(/night@example\.com\s+Night Shift\s+viewer\s+member/);

  const roles = ["--role", "operator", "--role", "approver"];
  const changed = await run("members", "change", email, ...roles, "--json");
  expect(changed.json().roles.toSorted(), changed.err).toEqual(["approver", "operator"]);
  const refused = await run("members", "change", email, "--role", "boss");
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("/roles")]);
  expect((await run("members", "remove", "nobody@example.com")).err).toContain("tandem members lists them");
  expect((await run("members", "remove", changed.json().person.id)).code).toBe(0);
  expect((await run("members", "--json")).json()).toEqual([]);
});

test("the platform sees its media nodes; one that is alive is not forgotten, and a tenant sees none", async () => {
  const [name] = (await installation.rows<{ name: string }>("SELECT name FROM media_node")).map((row) => row.name);
  const listed = await tandem(installation.platform, ["nodes"]);
  expect([listed.code, listed.out]).toEqual([0, expect.stringMatching(/^NODE +REGION +LAST LOOK AT THE POINTERS/)]);
  expect(listed.out).toContain(`${name}  local`);
  const alive = await tandem(installation.platform, ["nodes", "forget", name ?? "", "-r", "looks old"]);
  expect([alive.code, alive.err]).toEqual([1, expect.stringContaining("stop it first")]);
  const unknown = await tandem(installation.platform, ["nodes", "forget", "nobody", "-r", "x"]);
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("no media node nobody")]);
  expect((await run("nodes")).code).not.toBe(0);
});

test("apply answers 1 when its rollout is rolled back under its eyes", async () => {
  await office.set({ voice: "11labs-Adrian" });
  const following = run("apply", "front-desk", "--yes", "--bake", "600", "--json");
  let id = "";
  for (let attempt = 0; attempt < 600 && id === ""; attempt++) {
    const { liveRollout } = await office.detail();
    if (liveRollout?.phase === "baking") id = liveRollout.id;
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect((await run("rollback", "front-desk", "--json")).code).toBe(0);
  const followed = await following;
  expect([followed.code, followed.json().phase]).toEqual([1, "rolled-back"]);
});

test("blocked by preflight: plan and apply answer 1, name the finding and start nothing", async () => {
  const blocked = await Office.open(installation);
  await installation.sandbox.revoke("hubspot", blocked.secrets.accessToken);
  const client = blocked.api;
  const planned = await tandem(client, ["plan", "front-desk", "--json"]);
  expect(planned.code).toBe(1);
  expect(planned.json().problem).toMatchObject({
    state: "failed",
    code: "plan_blocked",
    detail: expect.stringMatching(/hubspot/i),
  });
  expect(planned.err).toMatch(/credential|token|key/i);
  const applied = await tandem(client, ["apply", "front-desk", "--yes"]);
  expect(applied.code).toBe(1);
  expect(applied.err).toMatch(/plan_blocked/);
  expect((await client.get(`/v1/deployments/${blocked.deploymentId}/rollouts`)).items).toEqual([]);
  expect((await blocked.ledger()).filter(({ effect }) => effect !== "read")).toEqual([]);
});

describe("usage errors answer 2 and say how it is meant", () => {
  test.each([
    ["no such command", ["explode"]],
    ["a missing argument", ["plan"]],
    ["an unknown option", ["status", "front-desk", "--loudly"]],
    ["a value that is no assignment", ["deployments", "set", "front-desk", "voice"]],
    ["a policy that does not exist", ["apply", "front-desk", "--yes", "--promotion", "sometimes"]],
    ["nobody to answer the question", ["apply", "front-desk"]],
  ])("%s", async (_name, words) => {
    const ran = await run(...words);
    expect(ran.code, ran.out + ran.err).toBe(2);
    expect(ran.err.trim()).not.toBe("");
  });

  test("a parameter value that does not fit the playbook, named when it is planned", async () => {
    expect((await run("deployments", "set", "front-desk", "callbackMinutes=many")).code).toBe(0);
    const planned = await run("plan", "front-desk");
    expect([planned.code, planned.err]).toEqual([2, expect.stringContaining("callbackMinutes")]);
    expect((await run("deployments", "set", "front-desk", "callbackMinutes=")).code).toBe(0);
  });

  test("no key", async () => {
    const ran = await tandem({ origin: office.api.origin, key: "" }, ["status", "front-desk"]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("TANDEM_API_KEY")]);
  });

  test("a broken playbook folder, with file and line", async () => {
    writeFileSync(join(installation.folder, "manifest.yaml"), "manifest: 1\nname: Broken Name\n");
    const ran = await run("validate", installation.folder, "--json");
    expect(ran.code).toBe(2);
    expect(ran.json().diagnostics[0]).toMatchObject({
      position: { file: expect.stringContaining("manifest.yaml"), line: expect.any(Number) },
    });
  });
});

describe("refusals answer 1", () => {
  test.each([
    ["a deployment that does not exist", ["status", "nobodys-desk"]],
    ["an abort with nothing to abort", ["abort", "front-desk"]],
  ])("%s", async (_name, words) => {
    const ran = await run(...words);
    expect(ran.code, ran.out + ran.err).toBe(1);
  });

  test("a wrong key", async () => {
    const key = office.api.key.replace(/_[^_]{43}_/, `_${"0".repeat(43)}_`);
    const ran = await tandem({ origin: office.api.origin, key }, ["status", "front-desk", "--json"]);
    expect(ran.code).toBe(1);
    expect(ran.out + ran.err).not.toContain(key);
  });

  test("an API that does not answer", async () => {
    const ran = await tandem({ origin: "http://127.0.0.1:9", key: office.api.key }, ["status", "front-desk"]);
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining("TANDEM_URL")]);
  });
});
