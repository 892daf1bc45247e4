import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
let office: Office;
let minutes = 15;

const CLEAN_UP = [
  "lease.claimed",
  "transition.before",
  "transition.after",
  "cleanup.planned",
  "step.intent.before",
  "step.intent.after",
  "step.call.after",
  "step.outcome.before",
  "step.outcome.after",
  "cleanup.after",
] as const;

/** The rollout that stands before the switch (or in bake) of the office's live deployment. */
let rolloutId = "";

async function reconfigured(): Promise<void> {
  minutes = minutes === 15 ? 30 : 15;
  await office.set({ callbackMinutes: minutes });
}

const abort: Flow = {
  name: "abort",
  prepare: async () => {
    await reconfigured();
    rolloutId = (await office.roll({ promotion: "manual" })).id;
    await office.reach(rolloutId, ["awaiting-promotion"]);
    return office;
  },
  trigger: async () => (await office.api.post(`/v1/rollouts/${rolloutId}/abort`), rolloutId),
  end: "aborted",
  points: CLEAN_UP,
};

const rollback: Flow = {
  name: "rollback",
  prepare: async () => {
    await reconfigured();
    rolloutId = (await office.roll({ bakeMs: 600_000 })).id;
    await office.reach(rolloutId, ["baking"]);
    return office;
  },
  trigger: async () => (await office.api.post(`/v1/deployments/${office.deploymentId}/rollback`), rolloutId),
  end: "rolled-back",
  points: CLEAN_UP,
};

const detach: Flow = {
  name: "detach",
  prepare: async () => {
    await office.rollOut();
    return office;
  },
  trigger: async () => (await office.api.post(`/v1/deployments/${office.deploymentId}/detach`)).id,
  end: "rolled-back",
  points: [
    "detach.before",
    "attach.intent.before",
    "attach.intent.after",
    "attach.call.after",
    "attach.outcome.before",
    "attach.outcome.after",
    "detach.after",
  ],
};

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  lane = new CrashLane(installation);
  await lane.worker();
  office = await Office.open(installation);
  await office.rollOut();
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

describe.each([abort, rollback, detach])("$name", (flow) => {
  let undisturbed: Observation;
  beforeAll(async () => void (undisturbed = await lane.undisturbed(flow)));

  test("undisturbed", () => {
    expect(undisturbed).toMatchSnapshot();
  });

  test.each(chosenPoints(flow.points))("a worker killed at %s", async (point) => {
    expect(await lane.disturbed(flow, [point])).toEqual(undisturbed);
  });
});

test("a worker killed while it settles what the worker before left open", async () => {
  const undisturbed = await lane.undisturbed(abort);
  const settling = async () => {
    // Settle time longer than the lease, so that whoever takes over still has to wait. Killed as TANDEM_FAULT says.
    const doomed = await installation.worker("settle.before", { TANDEM_SETTLE_CAP_MS: "6000" });
    expect(await doomed.ending(45_000)).toEqual({ code: null, signal: "SIGKILL" });
  };
  expect(await lane.disturbed(abort, ["step.call.after"], settling)).toEqual(undisturbed);
});

test("afterwards nothing is owed or held, and every audit chain is whole", async () => {
  await lane.worker();
  await expectAtRest(installation);
});
