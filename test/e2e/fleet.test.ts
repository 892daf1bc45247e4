// A fleet rollout through the real processes: the platform asks over HTTP, a worker moves three tenants on at the emulated vendors.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { type Receiver, startReceiver } from "./harness/receiver.ts";

let database: FreshDatabase;
let installation: Installation;
let offices: Office[];
let receiver: Receiver;

beforeAll(async () => {
  database = await freshDatabase();
  receiver = await startReceiver();
  installation = await Installation.start({ databases: database, variables: { TANDEM_WEBHOOK_LOOPBACK: "true" } });
  offices = [];
  for (let nth = 0; nth < 3; nth += 1) offices.push(await Office.open(installation));
});
afterAll(async () => {
  receiver?.stop();
  await installation?.stop();
  await database?.drop();
});

const newestOf = async (office: Office) =>
  (await office.api.get(`/v1/deployments/${office.deploymentId}/rollouts`)).items[0];

test("the cohort moves first, then the rest, to the very release that the API makes; who cannot is named and the others go on", async () => {
  const [early, plain, broken] = offices as [Office, Office, Office];
  await early.api.put("/v1/early-access", { isMember: true });
  const { configVersion, ...configuration } = await broken.api.get(
    `/v1/deployments/${broken.deploymentId}/configuration`,
  );
  const connections = { telephony: configuration.connections.telephony };
  await broken.api.ask(
    "PUT",
    `/v1/deployments/${broken.deploymentId}/configuration`,
    { ...configuration, connections },
    { "if-match": `"${configVersion}"` },
  );
  const { items } = await plain.api.get("/v1/manifests");
  const { version } = items.find((one: { playbook: string }) => one.playbook === "after-hours-answering");
  const wish = {
    playbook: "after-hours-answering",
    version,
    rings: [
      { name: "early", members: { cohort: "early-access" } },
      { name: "rest", members: { rest: true } },
    ],
    limits: { bakeMs: 500, budget: { count: 1 } },
    policy: { bakeMs: 250 },
    includesNeverLive: true,
  };
  await installation.platform.post("/v1/webhooks", { url: receiver.url("platform"), events: ["fleet-rollout.*"] });
  await plain.api.post("/v1/webhooks", { url: receiver.url("tenant"), events: ["*"] });
  const plan = await installation.platform.post("/v1/fleet-rollouts/preview", wish);
  const fleet = await installation.platform.post("/v1/fleet-rollouts", { ...wish, planHash: plan.hash });
  await installation.worker();
  const ended = await eventually(
    "fleet rollout over",
    async () => {
      const now = await installation.platform.get(`/v1/fleet-rollouts/${fleet.id}`);
      return now.state === "running" ? undefined : now;
    },
    180_000,
  );
  expect(ended, JSON.stringify(ended)).toMatchObject({
    state: "completed",
    waves: [{ counts: { succeeded: 1 } }, { counts: { succeeded: 1, blocked: 1 } }],
  });
  const told = await eventually("the platform is told of the end", async () => {
    const data = receiver.at("platform").map((body) => JSON.parse(body).data);
    return data.some(({ change }) => change === "completed") ? data : undefined;
  });
  expect(new Set(told.map(({ change }) => change))).toEqual(new Set(["started", "completed"]));
  expect(told.every(({ fleetRolloutId }) => fleetRolloutId === fleet.id)).toBe(true);
  expect(receiver.at("tenant").join("\n")).not.toContain("fleet-rollout.changed");

  for (const office of [early, plain]) {
    const rollout = await newestOf(office);
    expect(rollout).toMatchObject({ phase: "succeeded", policy: { fleetRolloutId: fleet.id } });
    const { planId } = await office.api.post(`/v1/deployments/${office.deploymentId}/plans`, {
      manifest: `after-hours-answering@${version}`,
    });
    const made = await eventually("plan", async () => {
      const state = await office.api.get(`/v1/plans/${planId}`);
      return state.state === "pending" ? undefined : state;
    });
    expect(made.plan.bundleHash).toBe(rollout.bundleHash);
  }
  const [first, second] = [await newestOf(early), await newestOf(plain)];
  expect(Date.parse(second.createdAt)).toBeGreaterThan(Date.parse(first.updatedAt));
  const own = await broken.api.get("/v1/fleet-memberships");
  expect(own.items[0]).toMatchObject({ state: "blocked", reason: "does-not-compile" });
  expect(own.items[0].detail).toContain("connections.");
  const again = await installation.platform.post("/v1/fleet-rollouts/preview", wish);
  const left = again.leftOut.map(({ reason }: { reason: string }) => reason);
  expect(left).toEqual(["already-there", "already-there"]);
});
