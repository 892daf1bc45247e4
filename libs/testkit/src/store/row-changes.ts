import type { RowChange } from "../history/event.ts";
import type { DeploymentState } from "./memory-database.ts";

/**
 * The rows that differ between two states of a deployment. Values are replaced and never changed in place, so that identity tells;
 * what the transaction itself says it did is not asked.
 */
export function rowChanges(before: DeploymentState, after: DeploymentState): RowChange[] {
  const changes: RowChange[] = [];
  if (before.pointer !== after.pointer)
    changes.push({ table: "pointer", key: "pointer", before: before.pointer, after: after.pointer });
  for (const slot of ["blue", "green"] as const)
    if (before.slots[slot] !== after.slots[slot])
      changes.push({ table: "slot", key: slot, before: before.slots[slot], after: after.slots[slot] });
  if (before.attachment !== after.attachment)
    changes.push({ table: "attachment", key: "attachment", before: before.attachment, after: after.attachment });
  if (before.bindings !== after.bindings)
    for (const change of changedRows(
      before.bindings,
      after.bindings,
      ({ slot, address }) => `${slot ?? ""}:${address}`,
    ))
      changes.push({ ...change, table: "binding" });
  if (before.rollouts !== after.rollouts)
    for (const change of changedRows(before.rollouts, after.rollouts, ({ id }) => id))
      changes.push({ ...change, table: "rollout" });
  for (const id of Object.keys(after.steps)) {
    const now = after.steps[id] ?? [];
    if (before.steps[id] === now) continue;
    for (const change of changedRows(before.steps[id] ?? [], now, ({ seq }) => `${id}/${seq}`))
      changes.push({ ...change, table: "step" });
  }
  return changes;
}

/** Most rows stay as and where they are: only from the first that does not are they told apart by their keys. */
function changedRows<Row>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): { readonly key: string; readonly before: Row | null; readonly after: Row | null }[] {
  const changed = [];
  let same = 0;
  while (same < after.length && isInPlace(before[same], after[same], keyOf)) {
    const [was, row] = [before[same] as Row, after[same] as Row];
    if (was !== row) changed.push({ key: keyOf(row), before: was, after: row });
    same += 1;
  }
  if (same === after.length && same === before.length) return changed;
  const old = new Map(before.slice(same).map((row) => [keyOf(row), row]));
  for (const row of after.slice(same)) {
    const key = keyOf(row);
    const was = old.get(key) ?? null;
    old.delete(key);
    if (was !== row) changed.push({ key, before: was, after: row });
  }
  for (const [key, row] of old) changed.push({ key, before: row, after: null });
  return changed;
}

const isInPlace = <Row>(was: Row | undefined, row: Row | undefined, keyOf: (row: Row) => string): boolean =>
  was === row || (was !== undefined && row !== undefined && keyOf(was) === keyOf(row));
