// Fleet rollouts on a real database (freshDatabase): several workers, workers that die, tenants in the way, requests meanwhile.
import { builtInPolicies } from "@tandem/domain/gate";
import { setFaultHook } from "@tandem/kernel";
import { SeededRng } from "@tandem/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  compiled,
  type FleetWorld,
  newRequest,
  openFleetWorld,
  platform,
  type Served,
  startRollout,
  wishFor,
} from "../test-support/fleet-world.ts";

let world: FleetWorld;
beforeAll(async () => {
  world = await openFleetWorld();
});
afterEach(() => setFaultHook(undefined));
afterAll(() => world.close());

const PAGE = { limit: 200, cursor: null };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** What is due in a second is due now. */
const hurry = (id: string) =>
  world.superuser(
    "UPDATE fleet_rollout SET due_at = now() - interval '1 second' WHERE id = $1 AND due_at IS NOT NULL",
    [id],
  );

const rolloutsOf = (served: readonly Served[]) =>
  world.superuser<{ id: string; deployment_id: string; created_by: string }>(
    "SELECT id, deployment_id, created_by FROM rollout WHERE deployment_id = ANY ($1)",
    [served.map(({ deployment }) => deployment.id)],
  );

/** Every rollout of the fleet that has begun ends at once. */
async function endBegun(served: readonly Served[], id: string, phase: "succeeded" | "failed" = "succeeded") {
  const running = new Set(
    (await world.members({ id })).filter(({ state }) => state === "running").map((one) => one.deployment_id),
  );
  const begun = served.filter(({ deployment }) => running.has(deployment.id));
  for (const one of begun) await world.end(one, phase);
  return begun.length;
}

/** Looks and ends rollouts until the fleet rollout stands or is over. */
async function untilIt(state: string, id: string, served: readonly Served[], look: () => Promise<unknown>) {
  for (let round = 0; round < 200; round += 1) {
    if ((await world.fleet(id)).state === state) return;
    await hurry(id);
    await look();
    await endBegun(served, id);
  }
  throw new Error(`the fleet rollout is ${JSON.stringify(await world.fleet(id))}`);
}

test("two workers at once begin every member once, within the limits, and each tenant's chain names the fleet rollout", async () => {
  const served = await world.tenants(10, 3);
  const { id } = await world.start(served);
  const [one, two] = [world.runner(), world.runner()];
  let most = 0;
  await untilIt("completed", id, served, async () => {
    await Promise.all([one.runDue(), two.runDue()]);
    most = Math.max(most, (await world.members({ id })).filter(({ state }) => state === "running").length);
  });
  const members = await world.members({ id });
  expect(new Set(members.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
  expect((await rolloutsOf(served)).map((rollout) => rollout.id).toSorted()).toEqual(
    members.map((member) => member.rolloutId).toSorted(),
  );
  expect(most).toBe(4);
  const tenantId = served[0]?.actor.tenantId ?? "";
  const { items } = await world.control.audit({ ...served[0]!.actor }, PAGE);
  expect(items.filter(({ action }) => action === "rollout.started").map(({ actor }) => actor)).toEqual(
    Array.from({ length: 3 }, () => `fleet-rollout:${id}`),
  );
  expect((await world.control.verifyAudit({ ...platform, tenantId })).intact).toBe(true);
  expect((await world.control.verifyAudit(platform)).intact).toBe(true);
});

describe("a worker that dies", () => {
  const BOUNDARIES = ["fleet.write.before", "fleet.write.after", "fleet.begin.before", "fleet.begin.after"];

  test.each(BOUNDARIES)("at any passing of %s leaves nothing to find out", async (boundary) => {
    const served = await world.tenants(4, 2);
    const { id } = await world.start(served);
    let passings = 0;
    let deaths = 0;
    let died = () => undefined as void;
    setFaultHook((point) => {
      if (point !== boundary || (passings += 1) % 3 !== 0) return undefined;
      deaths += 1;
      died();
      return new Promise(() => undefined);
    });
    let worker = world.runner();
    await untilIt("completed", id, served, async () => {
      const death = new Promise<"died">((resolve) => (died = () => resolve("died")));
      if ((await Promise.race([worker.runDue(), death])) !== "died") return;
      worker = world.runner();
      await pause(450); // its lease runs out
    });
    expect(deaths).toBeGreaterThan(0);
    const members = await world.members({ id });
    expect(new Set(members.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
    expect((await rolloutsOf(served)).length).toBe(served.length);
  });

  test("a database that fails at commit is tried again", async () => {
    const served = await world.tenants(6);
    const { id } = await world.start(served);
    const rng = new SeededRng(20261128);
    let failures = 0;
    const failing = (point: string) => {
      if (point !== "store.commit.before" || !rng.chance(0.15)) return;
      failures += 1;
      throw new Error("the database went away");
    };
    const worker = world.runner();
    await untilIt("completed", id, served, async () => {
      setFaultHook(failing);
      await worker.runDue();
      setFaultHook(undefined);
      await world.superuser(
        "UPDATE fleet_member SET due_at = now() - interval '1 second' WHERE fleet_rollout_id = $1 AND state = 'waiting'",
        [id],
      );
      await world.superuser("UPDATE fleet_rollout SET lease_until = now() - interval '1 second' WHERE id = $1", [id]);
      await pause(5);
    });
    expect(failures).toBeGreaterThan(0);
    expect((await rolloutsOf(served)).length).toBe(served.length);
  });
});

test("stops at its budget, begins nothing while it stands, and resumes where it was", async () => {
  const served = await world.tenants(8);
  const { id } = await world.start(served, {
    limits: { concurrency: 2, perTenant: 1, budget: { count: 1 }, bakeMs: 0 },
  });
  const worker = world.runner();
  await worker.runDue();
  expect(await endBegun(served, id, "failed")).toBe(2);
  await hurry(id);
  await worker.runDue();
  const stopped = await world.fleet(id);
  expect(stopped).toMatchObject({ state: "paused", reason: { code: "failure-budget" } });
  expect(stopped.waves[0]?.counts).toEqual({ failed: 2, pending: 6 });
  expect(await world.work.standings()).toContainEqual({ state: "paused", code: "failure-budget", fleets: 1 });
  await hurry(id);
  await worker.runDue();
  expect((await rolloutsOf(served)).length).toBe(2);
  await world.control.requestOfFleet(newRequest(), id, { kind: "resume" }, "known defect");
  await untilIt("completed", id, served, () => worker.runDue());
  expect((await world.fleet(id)).waves[0]).toMatchObject({ acceptedFailures: 2, counts: { failed: 2, succeeded: 6 } });
  expect((await world.work.standings()).filter(({ state }) => state === "paused")).toEqual([]);
  const actions = (await world.control.audit(platform, PAGE)).items.filter(
    ({ object }) => object === `fleet-rollout/${id}`,
  );
  expect(actions.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      "fleet-rollout.started",
      "fleet-rollout.paused",
      "fleet-rollout.resume-asked",
      "fleet-rollout.completed",
    ]),
  );
});

test("what stands in a tenant's way makes its member wait, and what does not compile blocks it; the others go on", async () => {
  const served = await world.tenants(4);
  const [busy, suspended, broken, fine] = served as [Served, Served, Served, Served];
  const live = await startRollout(world, busy, "1.0.0");
  await world.control.setTenantStatus(platform, suspended.actor.tenantId, "suspended", null);
  const { id } = await world.start(served);
  const compile: typeof compiled = (subject) =>
    (subject.deployment.id === broken.deployment.id
      ? { ok: false, detail: "/greeting: is missing" }
      : compiled(subject)) as ReturnType<typeof compiled>;
  const worker = world.runner({ compile });
  await worker.runDue();
  const standing = Object.fromEntries(
    (await world.members({ id })).map(({ deployment_id: key, state, reason, detail }) => [
      key,
      { state, reason, detail },
    ]),
  );
  expect(standing[busy.deployment.id]).toMatchObject({ state: "waiting", reason: "rollout-live" });
  expect(standing[suspended.deployment.id]).toMatchObject({ state: "waiting", reason: "tenant-suspended" });
  expect(standing[broken.deployment.id]).toEqual({
    state: "blocked",
    reason: "does-not-compile",
    detail: "/greeting: is missing",
  });
  expect(standing[fine.deployment.id]).toMatchObject({ state: "running" });
  await world.control.setTenantStatus(platform, suspended.actor.tenantId, "active", null);
  expect(await world.end(busy, "succeeded")).toBe(true);
  await untilIt("completed", id, served, async () => {
    await world.superuser(
      "UPDATE fleet_member SET due_at = now() - interval '1 second' WHERE fleet_rollout_id = $1 AND state = 'waiting'",
      [id],
    );
    await worker.runDue();
  });
  const states = (await world.members({ id })).map(({ state }) => state);
  expect(states.toSorted()).toEqual(["blocked", "succeeded", "succeeded", "succeeded"]);
  expect((await rolloutsOf([busy])).map((rollout) => rollout.id)).toContain(live.id);
});

test("a tenant's gates hold for its member: a freeze makes it wait, its policy is that of its rollout", async () => {
  const [frozen, careful] = (await world.tenants(2)) as [Served, Served];
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  const window = { playbook: null, environment: null, startsAt: null, endsAt, reason: "holidays" };
  const freeze = await world.control.createFreeze(frozen.actor, window);
  const gates = { ...builtInPolicies.production, approvals: 2, bakeMs: 7_200_000, mayLoosen: false };
  await world.control.putGatePolicy(careful.actor, "production", gates, 0);
  const { id } = await world.start([frozen, careful], { policy: { approval: "none", bakeMs: 0 } });
  const worker = world.runner();
  await worker.runDue();
  const [waiting] = (await world.members({ id })).filter((one) => one.deployment_id === frozen.deployment.id);
  expect(waiting).toMatchObject({ state: "waiting", reason: "freeze-window" });
  const [{ policy } = { policy: {} }] = await world.superuser<{ policy: object }>(
    "SELECT policy FROM rollout WHERE deployment_id = $1",
    [careful.deployment.id],
  );
  expect(policy).toMatchObject({ approval: "required", approvals: 2, bakeMs: 7_200_000, fleetRolloutId: id });
  await world.control.endFreeze(frozen.actor, freeze.id, null);
  await untilIt("completed", id, [frozen, careful], async () => {
    await world.superuser(
      "UPDATE fleet_member SET due_at = now() - interval '1 second' WHERE fleet_rollout_id = $1 AND state = 'waiting'",
      [id],
    );
    await worker.runDue();
  });
});

test("a pause takes back what was about to begin, also from a worker that has read already", async () => {
  const served = await world.tenants(3);
  const { id } = await world.start(served);
  let reached = () => undefined as void;
  const reaching = new Promise<void>((resolve) => (reached = resolve));
  let letGo = () => undefined as void;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  setFaultHook((point) => {
    if (point !== "fleet.begin.before") return undefined;
    reached();
    return held;
  });
  const running = world.runner().runDue();
  await reaching;
  await world.control.requestOfFleet(newRequest(), id, { kind: "pause" }, null);
  setFaultHook(undefined);
  letGo();
  await running;
  expect((await world.fleet(id)).waves[0]?.counts).toEqual({ pending: 3 });
  expect(await rolloutsOf(served)).toEqual([]);
  await world.control.requestOfFleet(newRequest(), id, { kind: "resume" }, null);
  await untilIt("completed", id, served, () => world.runner().runDue());
});

test("an abort begins nothing more, and ends what runs when asked to", async () => {
  const served = await world.tenants(6);
  const { id } = await world.start(served, { limits: { concurrency: 2, perTenant: 1, bakeMs: 0 } });
  const worker = world.runner();
  await worker.runDue();
  await world.control.requestOfFleet(newRequest(), id, { kind: "abort", abortsRunning: true }, "bad release");
  await worker.runDue();
  const detail = await world.fleet(id);
  expect(detail).toMatchObject({ state: "aborting", reason: { code: "abort-asked", detail: "bad release" } });
  expect(detail.waves[0]?.counts).toEqual({ skipped: 4, running: 2 });
  const asked = await world.superuser<{ desired: string }>(
    "SELECT desired FROM rollout WHERE deployment_id = ANY ($1)",
    [served.map(({ deployment }) => deployment.id)],
  );
  expect(asked).toEqual([{ desired: "abort" }, { desired: "abort" }]);
  await endBegun(served, id);
  await untilIt("aborted", id, served, () => worker.runDue());
  await expect(world.control.requestOfFleet(newRequest(), id, { kind: "resume" }, null)).rejects.toMatchObject({
    code: "fleet_refused",
  });
});

test("waves follow each other, the cohort first, each after its bake; a member is skipped with a reason", async () => {
  const served = await world.tenants(5);
  const early = served[3]!;
  await world.control.setCohort(early.actor, { tenantId: early.actor.tenantId, deploymentId: null, isMember: true });
  const rings = [
    { name: "early", members: { cohort: "early-access" as const } },
    { name: "rest", members: { rest: true as const } },
  ];
  const limits = { concurrency: 9, perTenant: 9, budget: { count: 0 }, bakeMs: 60_000 };
  const { id, waves } = await world.start(served, { rings, limits });
  expect(waves.map(({ name, size }) => [name, size])).toEqual([
    ["early", 1],
    ["rest", 4],
  ]);
  const left = served[0]!;
  const which = { tenantId: left.actor.tenantId, deploymentId: left.deployment.id };
  expect(await world.control.skipMembers(newRequest(), id, which, "moves in May")).toBe(1);
  const worker = world.runner();
  await worker.runDue();
  expect((await rolloutsOf(served)).map((rollout) => rollout.deployment_id)).toEqual([early.deployment.id]);
  const [{ policy } = { policy: {} }] = await world.superuser<{ policy: object }>(
    "SELECT policy FROM rollout WHERE deployment_id = $1",
    [early.deployment.id],
  );
  expect(policy).toMatchObject({ fleetRolloutId: id, waveId: waves[0]?.id });
  await endBegun(served, id);
  await hurry(id);
  await worker.runDue();
  expect((await world.fleet(id)).waves.map(({ state }) => state)).toEqual(["baking", "pending"]);
  await world.superuser(
    "UPDATE fleet_wave SET bake_until = now() - interval '1 second' WHERE fleet_rollout_id = $1 AND state = 'baking'",
    [id],
  );
  await hurry(id);
  await worker.runDue();
  expect((await rolloutsOf(served)).length).toBe(4);
  const skipped = (await world.members({ id })).find((member) => member.deployment_id === left.deployment.id);
  expect(skipped).toMatchObject({ state: "skipped", reason: "skip-asked", detail: "moves in May" });
  await expect(
    world.control.skipMembers(newRequest(), id, { ...which, tenantId: early.actor.tenantId }, "x"),
  ).rejects.toMatchObject({ code: "not_found" });
});

test("a plan says who moves and who does not; it is begun once, as planned, and by one fleet rollout at a time", async () => {
  const served = await world.tenants(3);
  const wish = wishFor(served);
  const plan = await world.control.planFleet(platform, wish);
  expect(plan.waves.map(({ members }) => members.length)).toEqual([3]);
  const neverLive = await world.control.planFleet(platform, { ...wish, includesNeverLive: false });
  expect(neverLive.leftOut.map(({ reason }) => reason)).toEqual(["never-live", "never-live", "never-live"]);
  await expect(world.control.startFleet(newRequest(), wish, "0".repeat(64))).rejects.toMatchObject({
    code: "plan_stale",
  });
  const request = newRequest();
  const started = await world.control.startFleet(request, wish, plan.hash);
  expect((await world.control.startFleet(request, wish, plan.hash)).id).toBe(started.id);
  const again = await world.control.planFleet(platform, wish);
  expect(again.leftOut.map(({ reason }) => reason)).toEqual(["in-other-fleet", "in-other-fleet", "in-other-fleet"]);
  await expect(world.control.startFleet(newRequest(), wish, null)).rejects.toMatchObject({ code: "fleet_refused" });
  await world.control.tagTenant(platform, served[0]!.actor.tenantId, ["gold"]);
  const tagged = await world.control.planFleet(platform, {
    ...wish,
    selection: { ...wish.selection, tenantTags: ["gold"] },
  });
  expect([...tagged.waves, ...tagged.leftOut].length).toBe(1);
});

test("a tenant sees its own part and nothing of others, and may move no fleet", async () => {
  const [mine, other] = (await world.tenants(2)) as [Served, Served];
  const { id } = await world.start([mine, other]);
  const own = await world.control.memberships(mine.actor, PAGE);
  expect(own.items.map(({ deploymentId, state }) => [deploymentId, state])).toEqual([[mine.deployment.id, "pending"]]);
  for (const call of [
    () => world.control.fleet(mine.actor, id),
    () => world.control.listFleets(mine.actor, PAGE),
    () => world.control.fleetMembers(mine.actor, id, { state: null }, PAGE),
    () => world.control.requestOfFleet(mine.actor, id, { kind: "pause" as const }, null),
    () => world.control.tagTenant(mine.actor, mine.actor.tenantId, ["x"]),
  ])
    await expect(call()).rejects.toMatchObject({ code: "forbidden" });
  const foreign = { tenantId: other.actor.tenantId, deploymentId: null, isMember: true };
  await expect(world.control.setCohort(mine.actor, foreign)).rejects.toMatchObject({ code: "not_found" });
  await expect(
    world.control.setCohort(mine.actor, {
      tenantId: mine.actor.tenantId,
      deploymentId: other.deployment.id,
      isMember: true,
    }),
  ).rejects.toMatchObject({ code: "not_found" });
});
