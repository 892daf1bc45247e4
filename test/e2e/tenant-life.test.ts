import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { describeCall, dial, hangUp, ring } from "./harness/carrier.ts";
import { tandem } from "./harness/command-line.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";

let database: FreshDatabase;
let installation: Installation;
let office: Office;
let other: Office;
const folder = mkdtempSync(join(tmpdir(), "tandem-life-"));

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
  office = await Office.open(installation, { slug: "leaving" });
  other = await Office.open(installation, { slug: "staying" });
  await Promise.all([office.rollOut(), other.rollOut()]);
}, 240_000);
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const life = (rest = ""): string => `/v1/tenants/${office.tenantId}${rest}`;
const media = (): string => `http://127.0.0.1:${installation.ports.media}`;
/** Where the next caller comes: to the agent, or by the human path to a person. */
const answered = async (which: Office): Promise<string> => {
  const { callId, document } = await ring(which, media());
  await ring(which, media(), "completed", callId);
  return /<(Sip|Stream)/.test(document) ? "agent" : document.includes("<Number") ? "person" : document;
};

test("suspension sends new calls to people within two seconds with the worker and every vendor away, and ends as it began", async () => {
  const call = await dial(office);
  expect(call.connected.to).toBe("agent");
  await installation.running("worker").kill();
  const clickedMs = performance.now();
  expect(await installation.platform.post(life("/suspend"), { reason: "unpaid" })).toMatchObject({
    status: "suspended",
  });
  await eventually("calls are diverted", async () => ((await answered(office)) === "person" ? true : undefined), 5000);
  expect(performance.now() - clickedMs).toBeLessThan(2000);
  expect(await answered(other)).toBe("agent");
  expect((await describeCall(office, call.callSid)).status).toBe("in-progress");
  expect((await office.detail()).pointer.mode).toBe("live");
  const roll = office.roll();
  await expect(roll).rejects.toThrow(/tenant.suspended/);
  await installation.platform.post(life("/reactivate"), { reason: "paid" });
  await eventually("calls come back", async () => ((await answered(office)) === "agent" ? true : undefined), 5000);
  await hangUp(office, call.callSid);
  for (const api of [office.api, installation.platform]) {
    const { items } = await api.get("/v1/audit?limit=50");
    const actions = (items as { action: string; reason: string | null }[]).map(({ action, reason }) => [
      action,
      reason,
    ]);
    expect(actions).toEqual(
      expect.arrayContaining([
        ["tenant.suspended", "unpaid"],
        ["tenant.reactivated", "paid"],
      ]),
    );
  }
  await installation.worker();
});

test("a credential is rotated without a gap: a wrong one changes nothing, a right one takes over and the old one ends", async () => {
  const { accounts, connections } = office;
  const file = join(folder, "secrets.json");
  const rotate = async (accessToken: string) => {
    writeFileSync(file, JSON.stringify({ accessToken }));
    return tandem(office.api, ["--json", "connections", "rotate", connections.crm, "--file", file]);
  };
  const wrong = await rotate("pat-na1-nobody");
  expect(wrong.code, wrong.err).toBe(1);
  expect(wrong.json()).toMatchObject({
    credentialVersion: 1,
    credentials: [
      { version: 2, state: "refused", detail: expect.stringContaining("rotate again") as unknown },
      { state: "in-force" },
    ],
  });
  const foreign = await rotate(other.secrets.accessToken);
  expect(foreign.json().credentials[0]).toMatchObject({
    state: "refused",
    detail: expect.stringContaining("another connection") as unknown,
  });
  await installation.sandbox.act("hubspot", "addPortal", {
    hubId: Number(accounts.hubspot),
    accessToken: `${office.secrets.accessToken}-2`,
  });
  const right = await rotate(`${office.secrets.accessToken}-2`);
  expect(right.code, right.err + right.out).toBe(0);
  expect(right.json()).toMatchObject({
    credentialVersion: 4,
    credentials: [
      { version: 4, state: "in-force" },
      { state: "refused" },
      { state: "refused" },
      { version: 1, state: "draining" },
    ],
  });
  const sealed = await installation.rows<{ version: number; empty: boolean }>(
    "SELECT version, sealed = '' AS empty FROM credential_version WHERE connection_id = $1 ORDER BY version",
    [connections.crm],
  );
  expect(sealed.map(({ empty }) => empty)).toEqual([false, true, true, false]);
});

test("a tenant leaves: the number goes back, what we made is removed, its data is erased with a proof, and nobody else notices", async () => {
  const before = await installation.sandbox.ledger({});
  const slug = (await office.api.get(life())).slug as string;
  const shown = await tandem(office.api, ["tenants", "off-board", office.tenantId]);
  expect(shown.out).toContain("voice-agent.agent");
  expect(shown.out).toContain("it holds the tenant's own data");
  expect(shown.out).toContain(`--confirm ${slug}`);
  const call = await dial(office);
  const begun = await tandem(office.api, [
    "--json",
    "tenants",
    "off-board",
    office.tenantId,
    "--confirm",
    slug,
    "--reason",
    "we move",
  ]);
  expect(begun.json(), begun.err).toMatchObject({ phase: "stopping" });
  await eventually("it waits for the call", async () => {
    const found = await office.api.get(life("/off-boarding"));
    return found.waitsFor?.code === "calls-in-progress" ? true : undefined;
  });
  await hangUp(office, call.callSid);
  let last: unknown;
  const done = await eventually(
    "it is over",
    async () => {
      const found = await installation.platform.get(life("/off-boarding"));
      last = [found.phase, found.waitsFor];
      return found.phase === "done" ? found : undefined;
    },
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`it is ${JSON.stringify(last)}`, { cause: error });
  });
  expect(done.report).toMatchObject({ deployments: 1, numbersRestored: 1 });
  expect((done.report.removed as { kind: string }[]).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["voice-agent.agent", "voice-agent.llm"]),
  );
  expect(done.report.erased.session).toBeGreaterThan(0);
  const left = await installation.rows("SELECT 1 FROM deployment WHERE tenant_id = $1", [office.tenantId]);
  expect(left).toEqual([]);
  const made = (effect: string) =>
    own
      .filter(({ vendor, effect: what }) => vendor === "retell" && what === effect)
      .map(({ kind, objectId }) => `${kind} ${objectId}`);
  const own = await office.ledger();
  expect(made("create").toSorted()).toEqual(made("delete").toSorted());
  await expect(office.api.get("/v1/deployments")).rejects.toThrow(/401|unauthenticated/);
  const after = await installation.sandbox.ledger({ after: before.at(-1)?.seq ?? 0 });
  const strangers = new Set<string>(Object.values(other.accounts));
  expect(after.filter(({ account }) => strangers.has(account))).toEqual([]);
  expect(await answered(other)).toBe("agent");
});
