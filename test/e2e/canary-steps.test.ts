import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { dial, hangUp, type SessionRow } from "./harness/carrier.ts";
import { tandem } from "./harness/command-line.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";

const CALLERS = 60;
const caller = (index: number): string => `+1555017${String(1000 + index)}`;

let database: FreshDatabase;
let installation: Installation;
let office: Office;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
  office = await Office.open(installation);
  await retell("POST", "/import-phone-number", { phone_number: office.number, termination_uri: "trunk.example" });
  await office.rollOut();
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

/** Retell as its customer reaches it. */
async function retell(method: string, path: string, body?: object): Promise<{ [member: string]: unknown }> {
  const response = await fetch(`http://127.0.0.1:${installation.ports.retell}${path}`, {
    method,
    headers: { authorization: `Bearer ${office.secrets.retellKey}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as { [member: string]: unknown };
}

/** Whom Retell lets answer where our webhook does not: agent id → weight. */
async function netOf(): Promise<Record<string, number>> {
  const { inbound_agents } = await retell("GET", `/get-phone-number/${office.number}`);
  const agents = (inbound_agents ?? []) as { agent_id: string; weight: number }[];
  return Object.fromEntries(agents.map(({ agent_id, weight }) => [agent_id, weight]));
}

/** The slot that answers each caller; a few call at a time. */
async function slotsOf(callers: readonly string[]): Promise<Map<string, string>> {
  const calls = new Map<string, string>();
  const waiting = [...callers];
  const ringOn = async (): Promise<void> => {
    for (let from = waiting.shift(); from !== undefined; from = waiting.shift()) {
      const call = await dial(office, from);
      expect(call.connected.to).toBe("agent");
      calls.set(call.callSid, from);
      await hangUp(office, call.callSid);
    }
  };
  await Promise.all(Array.from({ length: 8 }, ringOn));
  const sessions = await eventually("every call has its session", async () => {
    const { items } = await office.api.get(`/v1/deployments/${office.deploymentId}/sessions?kind=live&limit=200`);
    const own = (items as SessionRow[]).filter(({ callId }) => calls.has(callId));
    return own.length === calls.size ? own : undefined;
  });
  return new Map(sessions.map(({ callId, slot }) => [calls.get(callId) ?? "", slot]));
}

const pointer = async () => (await office.detail()).pointer;
/** Media polls the pointer: what it answers with follows within its lag. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 600));

test("callers come to a canary in shares and stay where they are; a breach takes the share back by itself", async () => {
  const one = await netOf();
  expect(Object.values(one)).toEqual([1]);
  await office.set({ voice: "11labs-Myra" });
  const { id } = await office.api.post("/v1/rollouts", {
    deploymentId: office.deploymentId,
    manifestVersion: "after-hours-answering",
    policy: {
      bakeMs: 250,
      strategy: {
        kind: "canary",
        steps: [
          { weightBp: 3000, watchMs: 600_000 },
          { weightBp: 6000, watchMs: 600_000 },
        ],
      },
    },
  });
  await office.reach(id, ["shifting"]);
  await eventually("the first share is given", async () => ((await pointer()).weightBp === 3000 ? true : undefined));
  await settle();

  // The share, within three standard deviations, and sticky.
  const all = Array.from({ length: CALLERS }, (_, index) => caller(index));
  const first = await slotsOf(all);
  const onCanary = all.filter((from) => first.get(from) === "green");
  expect(onCanary.length / CALLERS).toBeGreaterThan(0.15);
  expect(onCanary.length / CALLERS).toBeLessThan(0.45);
  const some = all.slice(0, 12);
  const again = await slotsOf(some);
  expect(some.map((from) => again.get(from))).toEqual(some.map((from) => first.get(from)));

  // The vendor's own routing has followed, behind the webhook.
  await eventually("the safety net is in step", async () =>
    (await office.detail()).safetyNet?.state === "in-step" ? true : undefined,
  );
  const shared = await netOf();
  expect(Object.values(shared).toSorted((a, b) => a - b)).toEqual([0.3, 0.7]);
  const canaryAgent = Object.keys(shared).find((agent) => !(agent in one)) ?? "";

  // A pause keeps the share; a skip, which needs a reason, takes the next one: nobody leaves the canary.
  expect((await tandem(office.api, ["pause", "front-desk", "-r", "lunch"])).code).toBe(0);
  await eventually("it is paused", async () =>
    (await office.rollout(id)).reason?.code === "paused" ? true : undefined,
  );
  expect((await office.api.ask("POST", `/v1/rollouts/${id}/skip`, {})).status).toBe(422);
  expect((await tandem(office.api, ["skip", "front-desk", "-r", "seen enough"])).code).toBe(0);
  await eventually("the second share is given", async () => ((await pointer()).weightBp === 6000 ? true : undefined));
  await settle();
  const wider = await slotsOf(onCanary);
  expect([...wider.values()].every((slot) => slot === "green")).toBe(true);

  // A caller is on the canary when it breaks: he keeps it, everybody else is back, and it is cleaned when he has hung up.
  const [anna = ""] = onCanary;
  const call = await dial(office, anna);
  await installation.sandbox.setFault({
    vendor: "retell",
    method: "GET",
    path: `/get-agent/${canaryAgent}`,
    times: null,
    fault: { do: "fail-before", status: 404 },
  });
  await eventually("the share is back", async () => ((await pointer()).candidate === null ? true : undefined));
  await installation.sandbox.clearFaults();
  await settle();
  expect(await pointer()).toMatchObject({ active: "blue", weightBp: 0 });
  const after = await slotsOf(onCanary.slice(1, 6));
  expect([...after.values()].every((slot) => slot === "blue")).toBe(true);
  await eventually("the clean-up waits for the call", async () =>
    ["draining", "safety-net-lagging"].includes((await office.rollout(id)).reason?.code ?? "") ? true : undefined,
  );
  await hangUp(office, call.callSid);
  await office.reach(id, ["rolled-back"]);
  expect((await office.rollout(id)).reason).toMatchObject({ code: "canary-breached" });
  expect((await office.detail()).slots.green.state).toBe("empty");
  await eventually("the safety net has followed back", async () =>
    JSON.stringify(await netOf()) === JSON.stringify(one) ? true : undefined,
  );
});

test("a revert brings an older release back when no slot holds it any more", async () => {
  const before = (await office.detail()).slots.blue.bundleHash;
  const early = await tandem(office.api, ["revert", "front-desk"]);
  expect(early.code).toBe(1);
  expect(early.err).toContain("No other release has been live");
  for (const voice of ["11labs-Myra", "11labs-Cimo"]) {
    await office.set({ voice });
    await office.rollOut();
  }
  const [first] = (await office.api.get(`/v1/deployments/${office.deploymentId}/rollouts?limit=50`)).items.filter(
    ({ phase, bundleHash }: { phase: string; bundleHash: string }) => phase === "succeeded" && bundleHash === before,
  );
  const possible = await tandem(office.api, ["revert", "front-desk"]);
  expect(possible.err).toContain("a rollback brings it back at once");
  const ran = await tandem(office.api, ["revert", "front-desk", "--to", first.id, "-r", "complaints", "--json"]);
  expect(ran.code, ran.err).toBe(0);
  expect(ran.json()).toMatchObject({ phase: "succeeded", bundleHash: before });
  const { active } = await pointer();
  expect((await office.detail()).slots[active].bundleHash).toBe(before);
  const { items } = await office.api.get("/v1/audit?limit=200");
  expect(items.map(({ action }: { action: string }) => action)).toContain("rollout.reverted-to");
});
