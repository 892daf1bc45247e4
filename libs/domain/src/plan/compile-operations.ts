import type { Change, Plan } from "./change.ts";
import type { Operation, OperationVerb } from "./operation.ts";
import type { KindFacts, KindLookup } from "./plan-input.ts";
import { inOrder } from "./resource-order.ts";

/** A plan's operations by stage; `seq` counts through all three. */
export interface CompiledOperations {
  readonly apply: readonly Operation[];
  readonly attach: readonly Operation[];
  readonly retire: readonly Operation[];
}

/**
 * The vendor writes of a plan, in the order in which they run. Within a stage: objects to be replaced and objects in abandoned
 * accounts are deleted first (dependents before what they depend on), then everything is written so that each comes after what
 * it depends on, then leftovers are deleted. Deterministic. Only no-ops compile to nothing at all.
 */
export function compileOperations(plan: Plan, kinds: KindLookup): CompiledOperations {
  let seq = 0;
  const number = (writes: readonly Write[]): Operation[] =>
    writes.map(({ change, verb }) => operation(plan, change, verb, seq++));
  return {
    apply: number(stageWrites(plan, "apply", kinds)),
    attach: number(stageWrites(plan, "attach", kinds)),
    retire: number(stageWrites(plan, "retire", kinds)),
  };
}

interface Write {
  readonly change: Change;
  readonly verb: OperationVerb;
}

function stageWrites(plan: Plan, stage: Change["stage"], kinds: KindLookup): Write[] {
  const changes = plan.changes.filter((change) => change.stage === stage && change.action !== "no-op");
  const moved = changes.filter(({ action, reason }) => action === "delete" && reason.code === "connection-changed");
  const gone = changes.filter((change) => change.action === "delete" && !moved.includes(change));
  const replaced = changes.filter(({ action }) => action === "replace");
  const written = changes.filter(({ action }) => action !== "delete");
  return [
    ...deletions([...replaced, ...moved]),
    ...sorted(written).flatMap((change) => verbsOf(change, kinds).map((verb) => ({ change, verb }))),
    ...deletions(gone),
  ];
}

const sorted = (changes: readonly Change[]): readonly Change[] => {
  const { ordered, cyclic } = inOrder(changes);
  return [...ordered, ...cyclic];
};

const deletions = (changes: readonly Change[]): Write[] =>
  sorted(changes)
    .toReversed()
    .map((change) => ({ change, verb: "delete" as const }));

function verbsOf(change: Change, kinds: KindLookup): readonly OperationVerb[] {
  if (change.stage === "attach") return ["update"];
  const kind = kinds(change.vendor, change.kind);
  if (kind === null) return [];
  return change.action === "update" ? updateVerbs(change, kind) : kind.onCreate;
}

/** An open draft is not opened again; content that is as wanted but unpublished is only published. */
function updateVerbs(change: Change, kind: KindFacts): readonly OperationVerb[] {
  if (change.reason.code === "unpublished") return ["publish"];
  return change.existing?.published === false ? kind.onUpdate.filter((verb) => verb !== "draft") : kind.onUpdate;
}

function operation(plan: Plan, change: Change, verb: OperationVerb, seq: number): Operation {
  const { address, kind, vendor, connectionId, owner, slot, externalKey } = change;
  return {
    seq,
    address,
    verb,
    kind,
    vendor,
    connectionId,
    owner,
    slot,
    externalKey,
    externalId: change.action === "replace" && verb !== "delete" ? null : change.externalId,
    fields: verb === "delete" || verb === "publish" ? null : change.after,
    planHash: plan.hash,
  };
}
