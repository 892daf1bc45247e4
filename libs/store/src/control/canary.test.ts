import { decideRevert } from "@tandem/domain/rollout";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  auditOf,
  bundleFor,
  claim,
  newDeployment,
  openWorld,
  policy,
  type Served,
  startRollout,
  succeed,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A live release, and a second one that takes a share of new calls. */
async function shifted(weightBp = 500): Promise<Served> {
  const served = await newDeployment(world);
  await switchTo(world, served, "1.0.0");
  await succeed(world, served);
  const rollout = await startRollout(world, served, "2.0.0");
  const lease = await claim(world, served);
  const { bundleHash, targetSlot } = rollout;
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.patchSlot(targetSlot, {
      state: "ready",
      bundleHash,
      readyBundleHash: bundleHash,
      verified: true,
    });
    await transaction.patchRollout({ phase: "shifting", memory: { shift: { step: 0 } } });
    const share = { ...transaction.pointer, candidate: targetSlot, weightBp, salt: rollout.id };
    const next = { ...share, generation: transaction.pointer.generation + 1 };
    expect(await transaction.movePointer(transaction.pointer.generation, next, "shift", "system:worker")).toBe(true);
    await transaction.audit(auditOf(`deployment/${served.deployment.id}`, "pointer.shifted"));
  });
  await world.worker.release(lease);
  return served;
}

describe("a canary's share", () => {
  test("is one row, moved with its history, and the active slot keeps the rest", async () => {
    const { actor, deployment } = await shifted();
    const view = await world.control.view(actor, deployment.id);
    expect(view?.pointer).toMatchObject({ active: "blue", candidate: "green", weightBp: 500, generation: 2 });
    expect(view?.pointer.salt).toBe(view?.rollout?.id);
    const history = await world.control.pointerHistory(actor, deployment.id, { limit: 1, cursor: null });
    expect(history.items).toMatchObject([{ cause: "shift", rolloutId: view?.rollout?.id, pointer: { weightBp: 500 } }]);
  });

  test("goes back with one click that fences the worker, and its slot drains", async () => {
    const served = await shifted();
    const lease = await claim(world, served);
    const { pointer, rollout, wasAbort } = await world.control.rollback(served.actor, served.deployment.id, "worse");
    expect(wasAbort).toBe(false);
    expect(pointer).toMatchObject({ active: "blue", candidate: null, weightBp: 0, generation: 3 });
    expect(rollout).toMatchObject({ phase: "rolling-back", desired: "rollback" });
    const detail = await world.control.deployment(served.actor, served.deployment.id);
    expect(detail?.slots).toMatchObject({
      blue: { state: "active" },
      green: { state: "draining", readyBundleHash: null },
    });
    await expect(world.worker.renew(lease)).rejects.toMatchObject({ code: "lease_lost" });
  });

  test("cannot be aborted or detached; a pause and a skip are noted with their reason", async () => {
    const { actor, deployment } = await shifted();
    const { id } = (await world.control.view(actor, deployment.id))?.rollout ?? { id: "" };
    await expect(world.control.requestOfRollout(actor, id, "abort", null)).rejects.toMatchObject({
      details: { reason: "already-switched" },
    });
    await expect(world.control.requestDetach(actor, deployment.id)).rejects.toMatchObject({
      details: { reason: "both-slots-live" },
    });
    expect(await world.control.requestOfRollout(actor, id, "pause", "lunch")).toMatchObject({ desired: "pause" });
    expect(await world.control.requestOfRollout(actor, id, "resume", null)).toMatchObject({ desired: "continue" });
    expect(await world.control.requestOfRollout(actor, id, "skip", "seen enough")).toMatchObject({ desired: "skip" });
    const audit = await world.control.audit(actor, { limit: 3, cursor: null });
    expect(audit.items.map(({ action, reason }) => [action, reason])).toEqual([
      ["rollout.skip-asked", "seen enough"],
      ["rollout.resumed", null],
      ["rollout.pause-asked", "lunch"],
    ]);
  });
});

describe("a revert", () => {
  test("finds what was live before, and begins as a rollout of its own name", async () => {
    const served = await newDeployment(world);
    for (const version of ["1.0.0", "2.0.0", "3.0.0"]) {
      await switchTo(world, served, version);
      await succeed(world, served);
    }
    const { actor, deployment } = served;
    const lived = await world.control.livedReleases(actor, deployment.id);
    expect(lived.map(({ version }) => version)).toEqual(["3.0.0", "2.0.0", "1.0.0"]);
    const detail = await world.control.deployment(actor, deployment.id);
    if (detail === null) throw new Error("no deployment");
    const view = { ...detail, canRollBack: detail.wayBack.possible, lived };
    expect(decideRevert(view, null)).toMatchObject({ error: "rollback_possible" });
    const decision = decideRevert(view, "1.0.0");
    if (decision.kind !== "revert") throw new Error(decision.text);
    const rollout = await world.control.startRollout(actor, {
      deploymentId: deployment.id,
      ...bundleFor(served, "1.0.0"),
      policy,
      planId: null,
      reverts: { rolloutId: decision.release.rolloutId, version: "1.0.0", reason: "complaints" },
    });
    expect(rollout.bundleHash).toBe(decision.release.bundleHash);
    const [first] = await world.control.rolloutEvents(actor, rollout.id, -1, 1);
    expect(first?.payload).toMatchObject({ event: "revert", reverts: decision.release.rolloutId });
    const audit = await world.control.audit(actor, { limit: 1, cursor: null });
    expect(audit.items[0]).toMatchObject({ action: "rollout.reverted-to", reason: "back to 1.0.0: complaints" });
  });
});
