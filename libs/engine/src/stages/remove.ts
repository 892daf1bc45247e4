import { counted } from "@tandem/kernel";
import { nextSlotState } from "@tandem/domain/rollout";
import type { Binding, Slot } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { at, WORKER } from "../context.ts";
import { deletion, dependencies, inRemovalOrder } from "../executor/clean-slot.ts";
import { runSteps } from "../executor/run-steps.ts";
import { taintedFrom } from "../executor/tainted-from.ts";
import { expectSameState } from "../journal.ts";
import { liveCallsOn } from "../observe/live-calls.ts";
import { nodesFollow } from "../observe/nodes-behind.ts";
import { observerOf } from "../observe/observer.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Why an object stays when its deployment is taken apart. */
type Stays = "holds-data" | "not-ours" | "needed-by-what-stays" | "gone";

const SLOTS: readonly Slot[] = ["blue", "green"];

/**
 * Removes everything that the deployment made, after its number was let go of: callers end first, then both slots and what outlives
 * them go through the journal. What holds the tenant's own data stays with the tenant, and so does what we did not make.
 */
export const removeStage: Stage = async (run) => {
  const waiting = (await callersEnd(run)) ?? nodesFollow(run) ?? netFollows(run);
  if (waiting !== null) return waiting;
  if (run.memory.cleanupPlanned !== true) return planRemoval(run);
  await at("cleanup.planned");
  const outcome = await runSteps(run, "cleanup");
  if (outcome !== null) return outcome;
  await at("cleanup.after");
  return {
    event: "stage-succeeded",
    reason: { code: "tenant-offboarded", detail: run.rollout.reason?.detail ?? "" },
    desired: "continue",
    write: (transaction) => letRest(run, transaction),
  };
};

/** Callers on either slot, and those whom a node that has not seen the move yet may still put there. */
async function callersEnd(run: StageRun): Promise<StageOutcome | null> {
  const { settings } = run.context;
  const abandonedMs = run.memory.abandonedMs ?? run.nowMs();
  const lagMs = abandonedMs + settings.pointerLagMs - run.nowMs();
  const calls = (await liveCallsOn(run, "blue")) + (await liveCallsOn(run, "green"));
  if (calls === 0 && lagMs <= 0) return null;
  return {
    event: "wait",
    reason: { code: "draining", detail: `${counted(calls, "call")} in progress` },
    dueInMs: lagMs > 0 ? lagMs : settings.bakeCheckMs,
    memory: { abandonedMs },
  };
}

function netFollows(run: StageRun): StageOutcome | null {
  const { safetyNet } = run.view;
  if (safetyNet?.state !== "lagging") return null;
  return {
    event: "wait",
    reason: { code: "safety-net-lagging", detail: safetyNet.failure ?? "" },
    dueInMs: run.context.settings.bakeCheckMs,
  };
}

async function planRemoval(run: StageRun): Promise<StageOutcome> {
  const stays = await stayingObjects(run);
  const removed = inRemovalOrder(
    run,
    run.view.bindings.filter((binding) => binding.externalId !== null && !stays.has(binding)),
  );
  const firstSeq = Math.max(-1, ...run.view.steps.map(({ seq }) => seq)) + 1;
  return {
    event: "wait",
    memory: { cleanupPlanned: true },
    write: async (transaction) => {
      expectSameState(run, transaction);
      const steps = removed.map((binding, index) => {
        const seq = firstSeq + index;
        return {
          seq,
          stage: "cleanup" as const,
          operation: { ...deletion(run, binding), seq },
          state: "pending" as const,
        };
      });
      await transaction.insertSteps(steps);
      await promiseNothing(run, transaction);
      const told = {
        removed: removed.map(({ address, kind, slot }) => ({ address, kind, slot })),
        kept: [...stays].map(([{ address, kind, slot }, why]) => ({ address, kind, slot, why })),
      };
      await transaction.appendEvent({ type: "removal-planned", payload: told });
      const object = `rollout/${run.rollout.id}`;
      await transaction.audit({ ...WORKER, action: "removal.planned", object, after: told });
      return undefined;
    },
  };
}

/** A slot whose objects are about to go is not ready any more. */
async function promiseNothing(run: StageRun, transaction: FencedTransaction): Promise<void> {
  for (const slot of SLOTS) {
    const state = run.view.slots[slot].state === "empty" ? "empty" : taintedFrom(run.view.slots[slot]);
    if (state !== null) await transaction.patchSlot(slot, { state, readyBundleHash: null });
  }
}

/** What is not removed, and why. What nobody can read as ours is not ours: it is left alone. */
async function stayingObjects(run: StageRun): Promise<Map<Binding, Stays>> {
  const stays = new Map<Binding, Stays>();
  for (const binding of run.view.bindings) {
    const why = binding.externalId === null ? null : await whyItStays(run, binding, binding.externalId);
    if (why !== null) stays.set(binding, why);
  }
  let found: Binding | undefined;
  do {
    found = run.view.bindings.find(
      (one) => !stays.has(one) && one.externalId !== null && isNeededByStaying(run, stays, one),
    );
    if (found !== undefined) stays.set(found, "needed-by-what-stays");
  } while (found !== undefined);
  return stays;
}

const isNeededByStaying = (run: StageRun, stays: ReadonlyMap<Binding, Stays>, one: Binding): boolean =>
  one.slot === null && [...stays].some(([other, why]) => why !== "gone" && dependencies(run, other).has(one.address));

async function whyItStays(run: StageRun, binding: Binding, externalId: string): Promise<Stays | null> {
  if (binding.slot !== null) return null;
  const vendor = run.view.connections.find(({ id }) => id === binding.connectionId)?.vendor ?? "unknown";
  if (run.context.vendors.kind(vendor, binding.kind).removalIsIrreversible) return "holds-data";
  await observerOf(run).beforeCall();
  const { resources } = await run.connections.open(binding.connectionId);
  const present = await resources.read(binding.kind, externalId);
  if (present === null) return "gone";
  return present.externalKey === binding.externalKey ? null : "not-ours";
}

/** Both slots are empty and nothing is bound any more: what stays belongs to the tenant alone. */
async function letRest(run: StageRun, transaction: FencedTransaction): Promise<StageOutcome | undefined> {
  expectSameState(run, transaction);
  for (const { address, slot } of run.view.bindings) await transaction.removeBinding(address, slot);
  for (const slot of SLOTS) {
    const state = nextSlotState(run.view.slots[slot].state, "cleaned");
    if (typeof state !== "string")
      return { event: "hold", reason: { code: "outside-slot", detail: `slot ${slot} is active` } };
    await transaction.patchSlot(slot, { state, bundleHash: null, readyBundleHash: null });
  }
  const object = `deployment/${run.view.deployment.id}`;
  await transaction.audit({ ...WORKER, action: "deployment.removed", object, after: { slots: "empty" } });
  return undefined;
}
