import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { describeCall, dial, hangUp, ring, sessionOf } from "./harness/carrier.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";

let database: FreshDatabase;
let installation: Installation;
let office: Office;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
  office = await Office.open(installation);
  await office.rollOut();
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

test("rollback works with the worker, every vendor and the queue's consumers away, within two seconds, and moves no call in progress", async () => {
  await office.set({ voice: "11labs-Myra" });
  const { id } = await office.roll({ bakeMs: 600_000 });
  await office.reach(id, ["baking"]);
  const anna = await dial(office);
  expect(anna.connected.to).toBe("agent");
  expect(await sessionOf(office, anna.callSid)).toMatchObject({ slot: "green", generation: 2 });

  await installation.running("worker").kill();
  await installation.running("sandbox").kill();
  const media = `http://127.0.0.1:${installation.ports.media}`;
  const clickedMs = performance.now();
  const answer = await office.api.post(`/v1/deployments/${office.deploymentId}/rollback`, {
    reason: "callers complain",
  });
  const answeredMs = performance.now() - clickedMs;
  expect(answer).toMatchObject({
    pointer: { active: "blue", generation: 3 },
    wasAbort: false,
    rollout: { phase: "rolling-back" },
  });
  expect(answeredMs).toBeLessThan(1000);
  const ben = await eventually("the next call is answered by the previous slot", async () => {
    const call = await ring(office, media);
    expect(call.status).toBe(200);
    expect(call.document).toContain("<Response>");
    const session = await sessionOf(office, call.callId);
    return session.slot === "blue" ? { ...call, session } : undefined;
  });
  expect(ben.session).toMatchObject({ slot: "blue", generation: 3 });
  const history = await office.api.get(`/v1/deployments/${office.deploymentId}/pointer-history`);
  expect(history.items[0]).toMatchObject({ cause: "rollback", pointer: { active: "blue", generation: 3 } });
  const [pinned] = await installation.rows<{ late: number }>(
    "SELECT extract(epoch FROM s.started_at - p.at) * 1000 AS late FROM session s JOIN pointer_history p ON p.deployment_id = s.deployment_id AND p.generation = 3 WHERE s.call_id = $1",
    [ben.callId],
  );
  expect(Number(pinned?.late)).toBeLessThan(2000);

  await installation.launch("sandbox").ready();
  expect(await describeCall(office, anna.callSid)).toMatchObject({
    status: "in-progress",
    connected: { agentCallId: anna.connected.agentCallId },
  });
  expect(await sessionOf(office, anna.callSid)).toMatchObject({ slot: "green", endedAt: null });

  // The clean-up waits for Anna: her slot is emptied only when she has hung up.
  await installation.worker();
  await eventually("the worker waits for the call", async () =>
    (await office.rollout(id)).reason?.code === "draining" ? true : undefined,
  );
  await hangUp(office, anna.callSid);
  await office.reach(id, ["rolled-back"]);
  expect((await office.detail()).slots.green).toMatchObject({ state: "empty" });
  const cleo = await dial(office);
  expect(await sessionOf(office, cleo.callSid)).toMatchObject({ slot: "blue" });
  await hangUp(office, cleo.callSid);
});

test("a rollback asked for before the switch is an abort, and one without a way back is refused with the reason", async () => {
  await office.set({ voice: "11labs-Adrian" });
  const { id } = await office.roll({ promotion: "manual" });
  await office.reach(id, ["awaiting-promotion"]);
  const early = await office.api.post(`/v1/deployments/${office.deploymentId}/rollback`);
  expect(early).toMatchObject({ wasAbort: true, pointer: { active: "blue" } });
  await office.reach(id, ["aborted"]);
  const refused = await office.api.ask("POST", `/v1/deployments/${office.deploymentId}/rollback`, {});
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ code: expect.any(String), fix: expect.any(String) });
  expect((await office.detail()).wayBack.possible).toBe(false);
});
