import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { expectAtRest } from "./harness/at-rest.ts";
import { chosenPoints } from "./harness/chosen-points.ts";
import { CrashLane, type Flow } from "./harness/crash-lane.ts";
import { Installation } from "./harness/installation.ts";
import type { Observation } from "./harness/observation.ts";
import { Office } from "./harness/office.ts";

let database: FreshDatabase;
let installation: Installation;
let lane: CrashLane;
let undisturbed: Observation;

const flow: Flow = {
  name: "first rollout",
  prepare: () => Office.open(installation),
  trigger: async (office) => (await office.roll()).id,
  end: "succeeded",
  points: [
    "lease.claimed",
    "transition.before",
    "transition.after",
    "apply.begin.before",
    "apply.begin.after",
    "step.intent.before",
    "step.intent.after",
    "step.call.after",
    "step.outcome.before",
    "step.outcome.after",
    "smoke.call.after#2",
    "smoke.call.after#4",
    "smoke.call.after#5",
    "smoke.cleaned",
    "switch.before",
    "switch.after",
    "attach.intent.before",
    "attach.intent.after",
    "attach.call.after",
    "attach.outcome.before",
    "attach.outcome.after",
    "bake.checked",
    "retire.before",
    "retire.after",
  ],
};

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  lane = new CrashLane(installation);
  undisturbed = await lane.undisturbed(flow);
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

test("an undisturbed first rollout makes every declared object once and leaves nothing of its smoke test", () => {
  expect(undisturbed).toMatchInlineSnapshot(`
    {
      "audit": {
        "operation.done": 7,
        "plan.made": 1,
        "pointer.moved": 1,
        "preflight.finished": 1,
        "rollout.phase-entered": 10,
        "rollout.started": 1,
        "routing.written": 1,
        "slot.tainted": 1,
        "smoke.reported": 1,
      },
      "bindings": [
        "calendar.calendar/callbacks@none",
        "crm.property-group/after-hours@none",
        "crm.property/call-reason@none",
        "crm.property/call-urgency@none",
        "telephony.number/main@none",
        "voice-agent.agent/main@target",
        "voice-agent.llm/main@target",
      ],
      "effects": [
        "google create calendar calendar.calendar/callbacks@none",
        "hubspot create property crm.property/call-reason@none",
        "hubspot create property crm.property/call-urgency@none",
        "hubspot create property-group crm.property-group/after-hours@none",
        "retell create voice-agent.agent voice-agent.agent/main@target",
        "retell create voice-agent.llm voice-agent.llm/main@target",
        "retell publish voice-agent.agent voice-agent.agent/main@target",
        "twilio update telephony.number telephony.number/main@none",
      ],
      "isAttached": true,
      "leftovers": {
        "contact": 0,
        "event": 0,
        "note": 0,
      },
      "moves": [
        "+1 target switch",
      ],
      "openSteps": [],
      "phases": [
        "queued",
        "preflighting",
        "planning",
        "awaiting-approval",
        "applying",
        "smoke-testing",
        "awaiting-promotion",
        "switching",
        "baking",
        "retiring",
        "succeeded",
      ],
      "pointer": "target +1",
      "slots": {
        "other": "empty",
        "target": "active bundle ready",
      },
    }
  `);
});

test.each(chosenPoints(flow.points))("a worker killed at %s", async (point) => {
  expect(await lane.disturbed(flow, [point])).toEqual(undisturbed);
});

test("afterwards nothing is owed or held, and every audit chain is whole", async () => {
  await lane.worker();
  await expectAtRest(installation);
});
