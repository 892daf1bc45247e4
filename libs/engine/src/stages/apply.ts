import { contentHash } from "@tandem/kernel";
import { type Change, compileOperations, type Operation, type Plan } from "@tandem/domain/plan";
import type { Step } from "@tandem/domain/rollout";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { at, WORKER } from "../context.ts";
import { liveCallsOn } from "../observe/live-calls.ts";
import { describeMoved, movedAnywhere, movedState } from "../observe/moved.ts";
import { nodesFollow } from "../observe/nodes-behind.ts";
import { observerOf } from "../observe/observer.ts";
import { kindsOf } from "../observe/plan-for.ts";
import { runSteps } from "../executor/run-steps.ts";
import { keyTaken } from "../executor/key-taken.ts";
import { taintedFrom } from "../executor/tainted-from.ts";
import { expectSameState, Interrupted } from "../journal.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Runs the plan's operations on the inactive slot: journaled, ordered, each read back. */
export const applyStage: Stage = async (run) => {
  const { plan } = run.view;
  if (plan === null || plan.hash !== run.rollout.planHash)
    return { event: "hold", reason: { code: "engine-error", detail: "the rollout's plan is not kept" } };
  if (run.view.pointer.active === run.target)
    return { event: "hold", reason: { code: "outside-slot", detail: `slot ${run.target} is active` } };
  if (run.memory.applyBegun !== true) return begin(run, plan);
  await at("apply.begin.after");
  return (await runSteps(run, "apply")) ?? (await runSteps(run, "cleanup")) ?? { event: "stage-succeeded" };
};

/** Before the first write: no call is on the slot or can come to it, and nothing has moved. Then the journal is laid out and the slot marked as tainted. */
async function begin(run: StageRun, plan: Plan): Promise<StageOutcome> {
  const calls = await liveCallsOn(run, run.target);
  if (calls > 0)
    return { event: "slot-draining", reason: { code: "slot-draining", detail: `${calls} on slot ${run.target}` } };
  const behind = nodesFollow(run);
  if (behind !== null) return behind;
  const shared = adoptedFromAccount(run, plan);
  const isFresh =
    shared.length === 0 && run.nowMs() - (run.memory.validatedAtMs ?? 0) <= run.context.settings.observationMs;
  const moved = isFresh
    ? movedState(plan, run.view, run.bundle)
    : await movedAnywhere(observerOf(run), plan, run.view, run.bundle);
  if (moved.length > 0) return { event: "plan-stale", reason: { code: "plan-stale", detail: describeMoved(moved) } };
  const state = taintedFrom(run.view.slots[run.target]);
  if (state === null)
    return {
      event: "hold",
      reason: { code: "outside-slot", detail: `slot ${run.target} cannot be written in its present state` },
    };
  const steps = stepsOf(run, plan);
  await at("apply.begin.before");
  return {
    event: "wait",
    memory: { applyBegun: true },
    write: async (transaction) => {
      expectSameState(run, transaction);
      const taken = await takenOf(run, transaction, shared);
      if (taken !== null) return taken;
      await transaction.insertSteps(steps);
      await transaction.patchSlot(run.target, { state, bundleHash: run.rollout.bundleHash, readyBundleHash: null });
      await bindUnchanged(run, plan, transaction);
      await transaction.appendEvent({ type: "slot-tainted", payload: { slot: run.target, operations: steps.length } });
      await transaction.audit({
        ...WORKER,
        action: "slot.tainted",
        object: `deployment/${run.view.deployment.id}`,
        after: { slot: run.target, bundleHash: run.rollout.bundleHash, planHash: plan.hash },
      });
      return undefined;
    },
  };
}

/** Objects of the account's that the plan found and only binds, in one order for all deployments. */
const adoptedFromAccount = (run: StageRun, plan: Plan): Change[] =>
  plan.changes
    .filter((change) => change.owner === "connection" && isOnlyBound(change) && !isBound(run, change))
    .toSorted((left, right) => (left.externalKey < right.externalKey ? -1 : 1));

/** What was found may be on its way out: another deployment is at it, or has let go of it since it was seen. */
async function takenOf(
  run: StageRun,
  transaction: FencedTransaction,
  changes: readonly Change[],
): Promise<StageOutcome | null> {
  for (const { address, externalKey } of changes) {
    if (await transaction.isWrittenElsewhere(externalKey)) return keyTaken(run, address);
    const own = run.view.bindings.filter((binding) => binding.externalKey === externalKey).length;
    if ((await transaction.countReferences(externalKey)) < own + (run.view.otherReferences?.[externalKey] ?? 0))
      throw new Interrupted("another deployment has let go of an object");
  }
  return null;
}

function stepsOf(run: StageRun, plan: Plan): Pick<Step, "seq" | "stage" | "operation" | "state">[] {
  const compiled = compileOperations(plan, kindsOf(run.context));
  const pending = (stage: Step["stage"], operation: Operation) => ({
    seq: operation.seq,
    stage,
    operation,
    state: "pending" as const,
  });
  return [
    ...compiled.apply.map((operation) => pending("apply", operation)),
    ...compiled.attach.map((operation) => pending("attach", routingOperation(plan, operation))),
    ...compiled.retire.map((operation) => pending("retire", operation)),
  ];
}

/** A routing operation keeps both sides: what must be there, and what is written. */
function routingOperation(plan: Plan, operation: Operation): Operation {
  const change = plan.changes.find(({ stage, address }) => stage === "attach" && address === operation.address);
  return { ...operation, fields: { expected: change?.before ?? null, next: change?.after ?? null } };
}

/** What is as wanted is only bound: no vendor write, but the slot's bindings must name it. */
async function bindUnchanged(run: StageRun, plan: Plan, transaction: FencedTransaction): Promise<void> {
  for (const change of plan.changes) {
    if (isOnlyBound(change) && !isBound(run, change)) await transaction.putBinding(bindingOf(change));
  }
}

const isOnlyBound = ({ stage, action, externalId, before }: Change): boolean =>
  stage === "apply" && action === "no-op" && externalId !== null && before !== null;

const isBound = (run: StageRun, change: Change): boolean => {
  const binding = run.view.bindings.find(({ address, slot }) => address === change.address && slot === change.slot);
  return binding !== undefined && contentHash({ ...binding }) === contentHash({ ...bindingOf(change) });
};

const bindingOf = (change: Change) => ({
  address: change.address,
  slot: change.slot,
  kind: change.kind,
  owner: change.owner,
  connectionId: change.connectionId,
  externalKey: change.externalKey,
  externalId: change.externalId,
  version: change.existing?.version ?? null,
  lastApplied: change.before,
  lastAppliedHash: change.before === null ? null : contentHash(change.before),
});
