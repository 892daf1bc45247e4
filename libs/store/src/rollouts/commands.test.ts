import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleFor, newDeployment, openWorld, planFor, type World } from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("commands", () => {
  test("a plan asked for is claimed once, seen with its bundle, and kept under the id that was answered", async () => {
    const served = await newDeployment(world);
    const asked = bundleFor(served, "3.0.0");
    const { planId } = await world.control.requestPlan(served.actor, { deploymentId: served.deployment.id, ...asked });
    expect(await world.control.plan(served.actor, planId)).toEqual({ state: "pending" });
    const claims = await Promise.all([1, 2, 3].map((n) => world.worker.claimCommands(`w${n}`, 100, 60_000)));
    const mine = claims.flat().filter((command) => command.id === planId);
    expect(mine).toHaveLength(1);
    const view = await world.worker.commandView(mine[0]!);
    expect(view?.bundles[asked.bundleHash]).toEqual(asked.bundle);
    const plan = { ...(await planFor(world, served, "3.0.0")), bundleHash: asked.bundleHash };
    await world.worker.finishPlan(mine[0]!, plan);
    expect(await world.control.plan(served.actor, planId)).toEqual({ state: "ready", plan: { ...plan, id: planId } });
    await world.worker.failCommand(mine[0]!, "internal", "too late");
    expect(await world.control.plan(served.actor, planId)).toMatchObject({ state: "ready" });
  });

  test("an expired claim goes to the next worker; what no worker finishes is given up", async () => {
    const served = await newDeployment(world);
    const { checkId } = await world.control.requestCheck(served.actor, {
      kind: "drift",
      subjectId: served.deployment.id,
    });
    let claimed = 0;
    for (let round = 0; round < 7; round += 1) {
      const commands = await world.worker.claimCommands("w", 100, 1);
      claimed += commands.filter((command) => command.id === checkId).length;
      await sleep(5);
    }
    expect(claimed).toBe(5);
    expect(await world.control.check(served.actor, checkId)).toMatchObject({ state: "failed", code: "internal" });
  });

  test("results and failures of checks are kept", async () => {
    const served = await newDeployment(world);
    const { checkId } = await world.control.requestCheck(served.actor, {
      kind: "test-connection",
      subjectId: served.connectionId,
    });
    const command = (await world.worker.claimCommands("w", 100, 60_000)).find(({ id }) => id === checkId)!;
    expect(command).toMatchObject({
      kind: "test-connection",
      subjectId: served.connectionId,
      bundleHash: null,
      requestedBy: "key:admin",
    });
    await world.worker.finishCheck(command, { account: "AC1" });
    expect(await world.control.check(served.actor, checkId)).toEqual({ state: "done", result: { account: "AC1" } });
    await expect(
      world.control.requestCheck(served.actor, { kind: "drift", subjectId: served.connectionId }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
