import type { Operation } from "@tandem/domain/plan";
import { isSwitched, nextSlotState } from "@tandem/domain/rollout";
import type { Binding } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { at, WORKER } from "../context.ts";
import { expectSameState } from "../journal.ts";
import type { StageOutcome, StageRun } from "../stage.ts";
import { adoptedBindings, lastingWrites, reversalOf } from "./lasting-reversal.ts";
import { openSteps, runSteps } from "./run-steps.ts";
import { settleOpenIntents } from "./settle-open.ts";
import { taintedFrom } from "./tainted-from.ts";

/**
 * Empties the rollout's slot: open intents are settled first, then every object the slot owns is deleted through the journal,
 * dependents before what they depend on, and what the rollout did to objects of deployment and account is taken back. Null when
 * nothing is left.
 */
export async function cleanSlot(run: StageRun): Promise<StageOutcome | null> {
  if (isSwitched(run.rollout, run.view.pointer)) return outsideSlot(run);
  const unsettled = await settleOpenIntents(run);
  if (unsettled !== null) return unsettled;
  if (run.memory.cleanupPlanned !== true) return planCleanup(run);
  await at("cleanup.planned");
  const outcome = await runSteps(run, "cleanup");
  if (outcome === null) await at("cleanup.after");
  return outcome;
}

const outsideSlot = (run: StageRun): StageOutcome => ({
  event: "hold",
  reason: { code: "outside-slot", detail: `slot ${run.target} is active` },
});

/**
 * Lays out the deletions and reversals, and takes back the slot's promise to be ready with them. The view is read again first when
 * settling has bound something.
 */
async function planCleanup(run: StageRun): Promise<StageOutcome> {
  const already = new Set(openSteps(run, "cleanup").map(({ operation }) => operation.externalId));
  const firstSeq = Math.max(-1, ...run.view.steps.map((step) => step.seq)) + 1;
  const deletions = [...inDeletionOrder(run), ...leftBehind(run)]
    .filter(({ externalId }) => externalId !== null && !already.has(externalId))
    .map((binding) => deletion(run, binding));
  const lasting = await lastingWrites(run);
  const state = taintedFrom(run.view.slots[run.target]);
  if (state === null) return outsideSlot(run);
  return {
    event: "wait",
    memory: { cleanupPlanned: true },
    write: async (transaction) => {
      expectSameState(run, transaction);
      await transaction.patchSlot(run.target, { state, readyBundleHash: null });
      const reversals = await inTurn(lasting, (written) => reversalOf(run, transaction, written));
      const operations = [...deletions, ...reversals.flat()].map((one, index) => ({ ...one, seq: firstSeq + index }));
      await transaction.insertSteps(
        operations.map((operation) => ({ seq: operation.seq, stage: "cleanup", operation, state: "pending" })),
      );
      const objects = { slot: run.target, objects: deletions.length, reversals: reversals.flat().length };
      await transaction.appendEvent({ type: "cleanup-planned", payload: objects });
      await transaction.audit({
        ...WORKER,
        action: "cleanup.planned",
        object: `rollout/${run.rollout.id}`,
        after: objects,
      });
      return undefined;
    },
  };
}

async function inTurn<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/**
 * What was adopted from another deployment that may have let go of it since: the last one to let go removes it, and whoever is not the
 * last finds that under the lock. Only what bears our key is ours to remove, and nothing that may hold data.
 */
function leftBehind(run: StageRun): Binding[] {
  return adoptedBindings(run).filter(({ owner, kind, connectionId }) => {
    const vendor = run.view.connections.find(({ id }) => id === connectionId)?.vendor;
    if (owner !== "connection" || vendor === undefined) return false;
    const { identity, removalIsIrreversible } = run.context.vendors.kind(vendor, kind);
    return identity === "tag-search" && !removalIsIrreversible;
  });
}

function inDeletionOrder(run: StageRun): readonly Binding[] {
  return inRemovalOrder(
    run,
    run.view.bindings.filter(({ slot }) => slot === run.target),
  );
}

/** Dependents before what they depend on. */
export function inRemovalOrder(run: StageRun, owned: readonly Binding[]): readonly Binding[] {
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
export function dependencies(run: StageRun, binding: Binding): Set<string> {
  const declared = Object.values(run.view.bundles).flatMap(({ resources }) =>
    resources.filter(({ address }) => address === binding.address).flatMap(({ dependsOn }) => dependsOn),
  );
  const written = JSON.stringify(binding.lastApplied ?? null);
  const seen = run.view.bindings
    .filter(({ externalId }) => externalId !== null && written.includes(JSON.stringify(externalId)))
    .map(({ address }) => address);
  return new Set([...declared, ...seen]);
}

export const deletion = (run: StageRun, binding: Binding): Omit<Operation, "seq"> => ({
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

/** Marks the cleaned slot as empty and forgets what the rollout only bound: for the transaction that ends an abort or a rollback. */
export async function emptySlot(run: StageRun, transaction: FencedTransaction): Promise<StageOutcome | undefined> {
  const state = nextSlotState(run.view.slots[run.target].state, "cleaned");
  if (typeof state !== "string") return outsideSlot(run);
  for (const { address, slot } of adoptedBindings(run)) await transaction.removeBinding(address, slot);
  await transaction.patchSlot(run.target, { state, bundleHash: null, readyBundleHash: null });
  await transaction.audit({
    ...WORKER,
    action: "slot.cleaned",
    object: `deployment/${run.view.deployment.id}`,
    after: { slot: run.target },
  });
  return undefined;
}
