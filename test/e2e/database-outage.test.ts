import { afterAll, beforeAll, expect, test } from "vitest";
import { describeCall, dial, hangUp, type PlacedCall, sessionOf } from "./harness/carrier.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { type OwnDatabase, ownDatabase } from "./harness/own-database.ts";
import { eventually } from "./harness/patience.ts";

let database: OwnDatabase;
let installation: Installation;
let office: Office;

beforeAll(async () => {
  database = await ownDatabase();
  installation = await Installation.start({ databases: database.databases });
  await installation.worker();
  office = await Office.open(installation);
  await office.rollOut();
});
afterAll(async () => {
  await installation?.stop();
  await database?.remove();
});

const withAgent = async (call: PlacedCall): Promise<PlacedCall> => {
  expect(call, JSON.stringify(call)).toMatchObject({ status: "in-progress", connected: { to: "agent" } });
  return call;
};

const findSlots = (call: PlacedCall) =>
  installation.sandbox.act<{ status: number; result: unknown }>("retell", "callTool", {
    callId: call.connected.agentCallId ?? "",
    tool: "find_slots",
    arguments: {},
  });

/** What a call that uses one tool leaves behind, each once. */
const EVENTS = [
  "agent-call-analyzed",
  "agent-call-ended",
  "agent-call-started",
  "agent-registered",
  "call-answered",
  "call-decided",
  "call-ended",
  "carrier-status",
  "leg-ended",
  "tool-finished",
];

async function eventsOf(call: PlacedCall): Promise<string[]> {
  const rows = await installation.rows<{ type: string }>(
    "SELECT e.type FROM session_event e JOIN session s ON s.id = e.session_id WHERE s.call_id = $1 ORDER BY e.at, e.seq",
    [call.callSid],
  );
  return rows.map(({ type }) => type);
}

test("calls are answered through an outage of the database and through a restart within it; afterwards nothing is missing", async () => {
  const anna = await withAgent(await dial(office));
  await sessionOf(office, anna.callSid);

  await database.stop();
  const ben = await withAgent(await dial(office));
  expect(await findSlots(ben)).toMatchObject({ status: 200 });
  await hangUp(office, ben.callSid);

  await installation.running("media").kill();
  const restartedMs = performance.now();
  await installation.launch("media").ready();
  const readyAfterMs = performance.now() - restartedMs;
  const cleo = await withAgent(await dial(office));
  expect(await findSlots(cleo)).toMatchObject({ status: 200 });
  expect(await findSlots(anna)).toMatchObject({ status: 200 });
  expect(await describeCall(office, anna.callSid)).toMatchObject({ status: "in-progress" });
  await hangUp(office, anna.callSid);
  expect(readyAfterMs).toBeLessThan(8000);

  await database.start();
  for (const call of [anna, ben]) {
    await eventually(
      `call ${call.callSid} is delivered whole`,
      async () => ((await sessionOf(office, call.callSid)).endedAt === null ? undefined : true),
      40_000,
    );
    expect(await sessionOf(office, call.callSid)).toMatchObject({
      slot: "blue",
      generation: 1,
      kind: "live",
      disposition: expect.any(String),
    });
  }
  expect(await sessionOf(office, cleo.callSid)).toMatchObject({ slot: "blue", generation: 1, endedAt: null });
  await hangUp(office, cleo.callSid);
  await eventually("Cleo's call is over", async () =>
    (await sessionOf(office, cleo.callSid)).endedAt === null ? undefined : true,
  );
  for (const call of [anna, ben, cleo]) {
    await eventually(`all events of ${call.callSid}`, async () =>
      (await eventsOf(call)).length >= EVENTS.length ? true : undefined,
    ).catch(() => {});
    expect((await eventsOf(call)).toSorted(), call.callSid).toEqual(EVENTS);
  }

  // Nobody was restarted but media: API and worker have found the database again, and the pointer moves.
  await office.set({ voice: "11labs-Myra" });
  await office.rollOut();
  const dora = await withAgent(await dial(office));
  expect(await sessionOf(office, dora.callSid)).toMatchObject({ slot: "green", generation: 2 });
  await hangUp(office, dora.callSid);
});

test("a node that missed a move of the pointer knows it as soon as it is back", async () => {
  await office.set({ voice: "11labs-Adrian" });
  const { id } = await office.roll({ bakeMs: 600_000 });
  await office.reach(id, ["baking"]);
  const before = await withAgent(await dial(office));
  expect(await sessionOf(office, before.callSid)).toMatchObject({ slot: "blue", generation: 3 });
  await hangUp(office, before.callSid);
  await installation.running("media").kill();
  await office.api.post(`/v1/deployments/${office.deploymentId}/rollback`);
  await installation.launch("media").ready();
  const after = await eventually(
    "new calls go to green",
    async () => {
      const call = await withAgent(await dial(office));
      await hangUp(office, call.callSid);
      const session = await sessionOf(office, call.callSid);
      return session.slot === "green" ? session : undefined;
    },
    2000,
  );
  expect(after).toMatchObject({ generation: 4 });
});

test("API and worker end when they are told to, also while the database is away", async () => {
  await database.stop();
  const [api, worker] = [installation.running("api"), installation.running("worker")];
  const endings = await Promise.all([api.stop(30_000), worker.stop(30_000)]);
  expect(endings.map(({ signal }) => signal)).not.toContain("SIGKILL");
});
