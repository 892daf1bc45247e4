import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { dial, hangUp, sessionOf } from "./harness/carrier.ts";
import { tandem } from "./harness/command-line.ts";
import { goLive } from "./harness/go-live.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { publishShort } from "./harness/spoken.ts";

const NAME = "Ada Lovelace";
const MESSAGE = [
  "Hi, my heating makes a strange noise, but it can wait until tomorrow.",
  NAME,
  "Yes",
  "It is a gas boiler at 12 Main Street.",
  "Yes, that's right",
];
/** Who books, who does not want to, and who wants a person at once. */
const CALLERS = [
  [...MESSAGE, "Yes please", "The second one", "yes"],
  [...MESSAGE, "No, as soon as possible is fine"],
  ["I want to speak to a person."],
];

let database: FreshDatabase;
let installation: Installation;
let office: Office;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
  office = await Office.open(installation, { agentKind: "custom-llm", overlay: { recording: "none" } });
  await goLive(office);
  for (const say of CALLERS) await call(say);
}, 600_000);
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

async function call(say: readonly string[]): Promise<void> {
  const placed = await dial(office);
  await installation.sandbox.act("retell", "converse", { callId: placed.connected.agentCallId ?? "", say: [...say] });
  await hangUp(office, placed.callSid);
  await eventually("the call is over", async () =>
    (await sessionOf(office, placed.callSid)).endedAt === null ? undefined : true,
  );
}

/** A rollout of the newest version that holds on any difference. */
const roll = () =>
  office.api.post("/v1/rollouts", {
    deploymentId: office.deploymentId,
    manifestVersion: "after-hours-answering",
    policy: { bakeMs: 250, replay: { gate: "hold", sessions: 5, maxDifferingShare: 0.2 } },
  });
const run = (...args: string[]) => tandem({ origin: office.api.origin, key: office.api.key }, args);

test("a changed step holds the rollout on the calls that it sends elsewhere; promote accepts them; and it is shown at any time", async () => {
  await publishShort(office, {
    version: "9.4.0",
    greeting: "How can I help you?",
    hears: "How can I help you",
    change: (text) =>
      text.replace(
        "field: wants_callback, value: false }, to: save }",
        "field: wants_callback, value: false }, to: human }",
      ),
  });
  const { id } = await roll();
  const held = await office.reach(id, ["held"], 240_000);
  expect(held.reason).toMatchObject({
    code: "replay-differs",
    detail: expect.stringMatching(/^1 of 3 sessions/) as string,
  });
  const replay = await office.api.get(`/v1/rollouts/${id}/replay`);
  expect(replay.report).toMatchObject({
    verdict: "differs",
    sessions: 3,
    compared: 3,
    differing: 1,
    notRecorded: 0,
    failed: 0,
    unsteady: 0,
  });
  const [parted, ...others] = replay.sessions;
  expect(parted).toMatchObject({
    verdict: "differs",
    pastDisposition: "handled",
    after: { disposition: "transferred" },
  });
  expect(others.map((each: { before: { disposition: string } }) => each.before.disposition).toSorted()).toEqual([
    "booked",
    "transferred",
  ]);
  expect(JSON.stringify(replay)).not.toContain(NAME);
  const events = JSON.stringify(
    await installation.rows("SELECT payload FROM session_event WHERE type = 'tool-finished'"),
  );
  expect(events).toContain("[personal]");
  expect(events).not.toMatch(/lovelace|boiler|heating/i);

  const shown = await run("status", office.deployment, "--replay");
  expect(shown.code).toBe(3);
  expect(shown.out).toMatch(/disposition: handled → transferred/);
  expect(shown.out).toContain("No, as soon as possible is fine");
  const viewer = await office.api.post("/v1/api-keys", { name: "reader", roles: ["viewer"] });
  const seen = await office.api.as(viewer.key).get(`/v1/rollouts/${id}/replay`);
  expect(JSON.stringify(seen)).not.toContain("as soon as possible");

  await office.api.post(`/v1/rollouts/${id}/promote`, {});
  await office.reach(id, ["succeeded"], 120_000);

  await call(CALLERS[1] ?? []);
  const asked = await run("replay", office.deployment, "--sessions", "1", "--json");
  expect(JSON.parse(asked.out)).toMatchObject({ state: "done", report: { sessions: 1, compared: 1, differing: 1 } });
}, 600_000);
