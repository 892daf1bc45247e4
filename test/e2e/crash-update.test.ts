import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { expectAtRest } from "./harness/at-rest.ts";
import { chosenPoints } from "./harness/chosen-points.ts";
import { CrashLane, type Flow } from "./harness/crash-lane.ts";
import { publishEra } from "./harness/era.ts";
import { Installation } from "./harness/installation.ts";
import type { Observation } from "./harness/observation.ts";
import { Office } from "./harness/office.ts";

let database: FreshDatabase;
let installation: Installation;
let lane: CrashLane;
let office: Office;
let era = 0;
let undisturbed: Observation;

/** The office's rollouts alternate between the slots; each adds a CRM group and, after bake, removes the one of two eras ago. */
const flow: Flow = {
  name: "update and retire",
  prepare: async () => {
    await publishEra(office, (era += 1));
    await office.set({
      voice: `voice-${era}`,
      businessDescription: `Repairs water pipes in the harbor district, era ${era}.`,
    });
    return office;
  },
  trigger: async () => (await office.roll()).id,
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
    "smoke.cleaned",
    "switch.before",
    "switch.after",
    "bake.checked",
    "retire.before",
    "retire.after",
  ],
};

/** The same, with a share of callers first. */
const canary: Flow = {
  ...flow,
  name: "canary",
  trigger: async () =>
    (await office.roll({ strategy: { kind: "canary", steps: [{ weightBp: 3000, watchMs: 0 }] } })).id,
  points: ["shift.before", "shift.after"],
};

/**
 * Boundaries within each single operation (the apply operations in order, then the removals at retire), and which passing of it is the
 * next operation's for a worker that resumes one: an adopted operation makes no call of its own.
 */
const WITHIN = [
  ["step.intent.after", 2],
  ["step.call.after", 1],
  ["step.outcome.before", 2],
] as const;
let operations = 0;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  lane = new CrashLane(installation);
  await lane.worker();
  office = await Office.open(installation);
  for (let warmUp = 0; warmUp < 3; warmUp++) {
    await flow.prepare();
    await office.rollOut();
  }
  undisturbed = await lane.undisturbed(flow);
  operations = undisturbed.audit["operation.done"] ?? 0;
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

test("an undisturbed update replaces what the slot owns, adds what is new and retires what no slot needs", () => {
  expect(undisturbed).toMatchInlineSnapshot(`
    {
      "audit": {
        "operation.done": 7,
        "plan.made": 1,
        "pointer.moved": 1,
        "preflight.finished": 1,
        "rollout.phase-entered": 10,
        "rollout.started": 1,
        "slot.drained": 1,
        "slot.tainted": 1,
        "smoke.reported": 1,
      },
      "bindings": [
        "calendar.calendar/callbacks@none",
        "crm.property-group/after-hours@none",
        "crm.property-group/era-n@none",
        "crm.property-group/era-n@none",
        "crm.property/call-reason@none",
        "crm.property/call-urgency@none",
        "telephony.number/main@none",
        "voice-agent.agent/main@other",
        "voice-agent.agent/main@target",
        "voice-agent.llm/main@other",
        "voice-agent.llm/main@target",
      ],
      "effects": [
        "hubspot create property-group crm.property-group/era-n@none",
        "hubspot delete property-group crm.property-group/era-n@none",
        "retell create voice-agent.agent voice-agent.agent/main@target",
        "retell create voice-agent.llm voice-agent.llm/main@target",
        "retell delete voice-agent.agent voice-agent.agent/main@target",
        "retell delete voice-agent.llm voice-agent.llm/main@target",
        "retell publish voice-agent.agent voice-agent.agent/main@target",
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
        "other": "ready bundle ready",
        "target": "active bundle ready",
      },
    }
  `);
});

test.each(chosenPoints(flow.points))("a worker killed at %s", async (point) => {
  expect(await lane.disturbed(flow, [point])).toEqual(undisturbed);
});

test("a worker killed around a canary step moves the share once", async () => {
  const shared = await lane.undisturbed(canary);
  expect(shared.moves).toEqual(["+1 other shift", "+2 target switch"]);
  for (const point of canary.points) expect(await lane.disturbed(canary, [point]), point).toEqual(shared);
});

test.each(WITHIN)(
  "a worker killed at %s of every operation after the first, one after the other",
  async (point, passing) => {
    const deaths = Array.from({ length: operations - 1 }, (_, nth) => `${point}#${nth === 0 ? 2 : passing}`);
    expect(await lane.disturbed(flow, deaths)).toEqual(undisturbed);
  },
);

test("afterwards nothing is owed or held, and every audit chain is whole", async () => {
  await lane.worker();
  await expectAtRest(installation);
});
