import { canonical, digest, sha256 } from "./digest.ts";
import type { RowChange, Tables, Violation } from "./event.ts";
import { changesOf, FINE, type Follower, type Of, type Replay, type Rows, violation } from "./reading.ts";

/** I4: what was sent is what was planned, approved and written down before, byte for byte; hashes are computed anew. */
export const followApproved = (replay: Replay): Follower => ({
  after: (event) => {
    if (event.kind === "bundled" && digest(event.bundle) !== event.hash)
      return [violation("I4", `bundle ${event.hash} hashes to something else`)];
    if (event.kind === "requested") return written(event, replay);
    const rows = event.kind === "committed" ? replay.deployments.get(event.deploymentId) : undefined;
    return event.kind === "committed" && rows !== undefined ? planned(event, replay, rows) : FINE;
  },
});

function planned(commit: Of<"committed">, replay: Replay, rows: Rows): Violation[] {
  return [
    ...changesOf(commit, "plan").flatMap(({ after }) => (after === null ? [] : plan(after))),
    ...changesOf(commit, "rollout").flatMap(({ before, after }) => approval(before, after, replay)),
    ...changesOf(commit, "step").flatMap((change) => operation(change, replay, rows)),
  ];
}

const contents = new WeakMap<Tables["plan"], string>();

function plan(row: Tables["plan"]): Violation[] {
  const { id: _id, hash, createdAt: _at, createdBy: _by, ...content } = row;
  const known = contents.get(row) ?? sha256(canonical(content));
  contents.set(row, known);
  return known === hash ? [] : [violation("I4", `plan ${row.id} hashes to something else`)];
}

/** A rollout's plan is kept, is for its release, and stays the same once it has been approved. */
function approval(before: Tables["rollout"] | null, after: Tables["rollout"] | null, { plans }: Replay): Violation[] {
  if (after === null || after.planHash === null) return [];
  const found: Violation[] = [];
  const kept = [...plans.values()].find(({ id }) => id === after.planId);
  if (before?.planHash !== after.planHash && (kept?.hash !== after.planHash || kept.bundleHash !== after.bundleHash))
    found.push(violation("I4", `rollout ${after.id} names a plan that is not kept or not its own`));
  if (before !== null && before.approvedBy !== null && before.planHash !== after.planHash)
    found.push(violation("I4", `rollout ${after.id} changed its plan after the approval`));
  if (
    after.policy.approval === "required" &&
    before?.approvedBy == null &&
    after.approvedBy !== null &&
    after.approvedBy === after.createdBy
  )
    found.push(violation("I4", `rollout ${after.id} was approved by its author`));
  return found;
}

/** A new step of the plan carries the plan's hash and, where it writes fields, exactly those of its change. */
function operation(
  { before, after }: Extract<RowChange, { readonly table: "step" }>,
  { plans }: Replay,
  rows: Rows,
): Violation[] {
  if (after === null || before !== null || (after.stage !== "apply" && after.stage !== "retire")) return [];
  const { address, slot, fields, planHash } = after.operation;
  const rollout = rows.rollouts.get(after.rolloutId);
  if (rollout?.planHash !== planHash) return [violation("I4", `step ${after.seq} is of another plan than its rollout`)];
  if (rollout.policy.approval === "required" && rollout.approvedBy === null)
    return [violation("I4", `step ${after.seq} of a plan that nobody approved`)];
  const change = [...plans.values()]
    .find(({ id }) => id === rollout.planId)
    ?.changes.find((one) => one.address === address && one.slot === slot && one.stage === after.stage);
  if (change === undefined) return [violation("I4", `step ${after.seq} (${address}) is not in its plan`)];
  return fields === null || fields === change.after || canonical(fields) === canonical(change.after)
    ? []
    : [violation("I4", `step ${after.seq} (${address}) writes something else than its plan`)];
}

/** A write leaves only after its intent was committed, and is what the intent says. */
function written(request: Of<"requested">, { deployments }: Replay): Violation[] {
  const { verb, objectKind, externalKey, externalId, fields, tenantId } = request;
  const isRouting = verb === "route";
  const hash = isRouting
    ? sha256(canonical(fields))
    : sha256(canonical({ verb, kind: objectKind, externalKey, externalId, fields }));
  for (const rows of deployments.values()) {
    if (rows.tenantId !== tenantId) continue;
    for (const {
      state,
      requestHash,
      operation: { kind },
    } of rows.steps.values())
      if (state === "intent" && requestHash === hash && kind === objectKind) return [];
  }
  return [violation("I4", `${verb} ${objectKind} left without an intent that says so`)];
}
