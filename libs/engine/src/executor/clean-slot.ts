import type { Operation } from "@tandem/domain/plan";
import { isSwitched } from "@tandem/domain/rollout";
import type { Binding } from "@tandem/domain/slot";
import { at, WORKER } from "../context.ts";
import { expectSameState } from "../journal.ts";
import type { StageOutcome, StageRun } from "../stage.ts";
import { openSteps, runSteps } from "./run-steps.ts";
import { settleOpenIntents } from "./settle-open.ts";

/**
 * Empties the rollout's slot: open intents are settled first, then every object the slot owns is deleted through the journal,
 * dependents before what they depend on. Null when nothing is left. Objects of deployment and connection stay.
 */
export async function cleanSlot(run: StageRun): Promise<StageOutcome | null> {
  if (isSwitched(run.rollout, run.view.pointer))
    return { event: "hold", reason: { code: "outside-slot", detail: `slot ${run.target} is active` } };
  const unsettled = await settleOpenIntents(run);
  if (unsettled !== null) return unsettled;
  if (run.memory.cleanupPlanned !== true) return planCleanup(run);
  await at("cleanup.planned");
  const outcome = await runSteps(run, "cleanup");
  if (outcome === null) await at("cleanup.after");
  return outcome;
}

/** Lays out the deletions. The view is read again first when settling has bound something. */
function planCleanup(run: StageRun): StageOutcome {
  const already = new Set(openSteps(run, "cleanup").map(({ operation }) => operation.externalId));
  let seq = Math.max(-1, ...run.view.steps.map((step) => step.seq));
  const steps = inDeletionOrder(run)
    .filter(({ externalId }) => externalId !== null && !already.has(externalId))
    .map((binding) => deletion(run, binding, ++seq));
  return {
    event: "wait",
    memory: { cleanupPlanned: true },
    write: async (transaction) => {
      expectSameState(run, transaction);
      await transaction.insertSteps(
        steps.map((operation) => ({ seq: operation.seq, stage: "cleanup", operation, state: "pending" })),
      );
      await transaction.appendEvent({ type: "cleanup-planned", payload: { slot: run.target, objects: steps.length } });
      await transaction.audit({
        ...WORKER,
        action: "cleanup.planned",
        object: `rollout/${run.rollout.id}`,
        after: { slot: run.target, objects: steps.length },
      });
      return undefined;
    },
  };
}

function inDeletionOrder(run: StageRun): readonly Binding[] {
  const owned = run.view.bindings.filter(({ slot }) => slot === run.target);
  const isUser = (user: Binding, used: Binding): boolean => user !== used && dependencies(run, user).has(used.address);
  const ordered: Binding[] = [];
  const rest = [...owned].toSorted((left, right) => (left.address < right.address ? -1 : 1));
  while (rest.length > 0) {
    const free = rest.findIndex((candidate) => !rest.some((other) => isUser(other, candidate)));
    ordered.push(...rest.splice(Math.max(0, free), 1));
  }
  return ordered;
}

/** Addresses that a bound object refers to, as declared by any bundle at hand or seen in what was written. */
function dependencies(run: StageRun, binding: Binding): Set<string> {
  const declared = Object.values(run.view.bundles).flatMap(({ resources }) =>
    resources.filter(({ address }) => address === binding.address).flatMap(({ dependsOn }) => dependsOn),
  );
  const written = JSON.stringify(binding.lastApplied ?? null);
  const seen = run.view.bindings
    .filter(({ externalId }) => externalId !== null && written.includes(JSON.stringify(externalId)))
    .map(({ address }) => address);
  return new Set([...declared, ...seen]);
}

const deletion = (run: StageRun, binding: Binding, seq: number): Operation => ({
  seq,
  address: binding.address,
  verb: "delete",
  kind: binding.kind,
  vendor: run.view.connections.find(({ id }) => id === binding.connectionId)?.vendor ?? "unknown",
  connectionId: binding.connectionId,
  owner: binding.owner,
  slot: binding.slot,
  externalKey: binding.externalKey,
  externalId: binding.externalId,
  fields: null,
  planHash: run.rollout.planHash ?? "",
});
