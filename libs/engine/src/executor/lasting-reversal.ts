import { contentHash, type Json, type JsonObject } from "@tandem/kernel";
import {
  type Change,
  growingParts,
  observedKey,
  type Operation,
  resolveReferences,
  reversed,
  type ReversalLimits,
} from "@tandem/domain/plan";
import { type Binding, otherSlot } from "@tandem/domain/slot";
import type { ResourceKind } from "@tandem/ports/adapter";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import { observerOf } from "../observe/observer.ts";
import type { StageRun } from "../stage.ts";

/** An object of deployment or account that a rollout wrote, as it is now, with what the rollout did to it, oldest first. */
export interface Written {
  readonly binding: Binding;
  readonly vendor: string;
  readonly kind: ResourceKind;
  readonly present: VendorObject;
  readonly isCreated: boolean;
  readonly updates: readonly { readonly before: JsonObject; readonly after: JsonObject }[];
}

/** What outlives slots and was written by this rollout, last written first. Reads the vendors; what is gone there is left out. */
export async function lastingWrites(run: StageRun): Promise<Written[]> {
  const byAddress = Map.groupBy(writtenChanges(run), ({ address }) => address);
  const written: Written[] = [];
  for (const [address, changes] of byAddress) {
    const binding = run.view.bindings.find((one) => one.address === address && one.slot === null);
    const one = binding === undefined ? null : await readWritten(run, binding, changes);
    if (one !== null) written.unshift(one);
  }
  return written;
}

async function readWritten(run: StageRun, binding: Binding, changes: readonly Change[]): Promise<Written | null> {
  const { kind: name, externalId, connectionId } = binding;
  const vendor = run.view.connections.find(({ id }) => id === connectionId)?.vendor ?? "unknown";
  if (externalId === null) return null;
  await observerOf(run).beforeCall();
  const { resources } = await run.connections.open(connectionId);
  const present = await resources.read(name, externalId);
  if (present === null) return null;
  return {
    binding,
    vendor,
    kind: run.context.vendors.kind(vendor, name),
    present,
    isCreated: changes.some(({ action }) => action === "create"),
    updates: changes.flatMap(({ action, before, after }) =>
      action === "update" && before !== null && after !== null ? [{ before, after: resolved(run, after) }] : [],
    ),
  };
}

/** Changes of the plan that outlive slots and whose writes are in the journal as done, in the order of the plan. */
function writtenChanges(run: StageRun): Change[] {
  const isDone = ({ address, stage }: Change): boolean =>
    run.view.steps.some(
      (step) =>
        step.state === "done" &&
        step.stage === stage &&
        step.operation.address === address &&
        step.operation.slot === null,
    );
  const changes = run.view.plan?.changes ?? [];
  return changes.filter(
    (change) => change.owner !== "slot" && change.stage !== "attach" && change.action !== "delete" && isDone(change),
  );
}

const resolved = (run: StageRun, fields: JsonObject): JsonObject =>
  resolveReferences(fields, run.view.bindings, run.target);

/** The other slot's resource of an address, in the same account; null when the other slot holds no release or does without. */
function neededByOther(run: StageRun, address: string, connectionId: string): JsonObject | null {
  const other = otherSlot(run.target);
  const { bundleHash } = run.view.slots[other];
  const bundle = bundleHash === null ? undefined : run.view.bundles[bundleHash];
  const resource = bundle?.resources.find((one) => one.address === address);
  if (bundle === undefined || resource === undefined) return null;
  if (bundle.connections[resource.role]?.connectionId !== connectionId) return null;
  return resolveReferences(resource.fields, run.view.bindings, other);
}

/** Callers were on the release, so that what it made may hold their data. */
const hadCallers = (run: StageRun): boolean => run.rollout.phase === "rolling-back";

/**
 * The writes that take back what a rollout did to an object: none where the other slot or another deployment needs it as it is, and
 * nothing that may hold data. To be called under the row lock, so that what others need is known.
 */
export async function reversalOf(
  run: StageRun,
  transaction: FencedTransaction,
  written: Written,
): Promise<Omit<Operation, "seq">[]> {
  const { binding, kind } = written;
  const needed = neededByOther(run, binding.address, binding.connectionId);
  if (written.isCreated) {
    const stays = needed !== null || (kind.removalIsIrreversible && hadCallers(run));
    return stays ? [] : [operationOf(run, written, "delete", null)];
  }
  const elsewhere = binding.owner === "connection" ? await transaction.appliedElsewhere(binding.externalKey) : [];
  const { fields } = written.present;
  const limits: ReversalLimits = {
    keepers: [growingParts(kind, fields), ...elsewhere, ...(needed === null ? [] : [needed])],
    keepsAdditions: kind.removalIsIrreversible && hadCallers(run),
  };
  const before = written.updates.reduceRight<Json>(
    (present, update) => reversed(present, update.after, update.before, limits),
    fields,
  ) as JsonObject;
  if (isSame(before, fields)) return [];
  const verbs = written.present.published ? kind.onUpdate : kind.onUpdate.filter((verb) => verb !== "draft");
  return verbs.map((verb) => operationOf(run, written, verb, verb === "publish" ? null : before));
}

const isSame = (left: JsonObject, right: JsonObject): boolean => contentHash(left) === contentHash(right);

const operationOf = (
  run: StageRun,
  { binding, vendor }: Written,
  verb: Operation["verb"],
  fields: JsonObject | null,
): Omit<Operation, "seq"> => ({
  address: binding.address,
  verb,
  kind: binding.kind,
  vendor,
  connectionId: binding.connectionId,
  owner: binding.owner,
  slot: null,
  externalKey: binding.externalKey,
  externalId: binding.externalId,
  fields,
  planHash: run.rollout.planHash ?? "",
});

/**
 * Lasting objects that this rollout bound without making them, and that the other slot does without: nothing of this deployment needs
 * them any more, and a binding left behind would count as a use.
 */
export function adoptedBindings(run: StageRun): Binding[] {
  const { plan, bindings } = run.view;
  const reads = plan?.reads;
  if (plan === null || reads === undefined) return [];
  return plan.changes.flatMap((change) => {
    const wasBound = reads[`binding/${observedKey(change.address, null)}`] !== undefined;
    const isAdopted = change.stage === "apply" && (change.action === "no-op" || change.action === "update");
    if (change.slot !== null || !isAdopted || wasBound) return [];
    const binding = bindings.find((one) => one.address === change.address && one.slot === null);
    return binding === undefined || neededByOther(run, change.address, binding.connectionId) !== null ? [] : [binding];
  });
}
