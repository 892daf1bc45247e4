import { sha256 } from "./digest.ts";
import type { ChainedAudit, HistoryEvent, RowChange, Violation } from "./event.ts";
import { inventoriesOf, type Of, ofKind, violation } from "./reading.ts";

/** I5: every change carries its audit row in the same transaction, no row stands alone, and each tenant's chain is whole. */
export function checkAudit(history: readonly HistoryEvent[]): Violation[] {
  return [...ofKind(history, "committed").flatMap(covered), ...chains(history)];
}

type Table = RowChange["table"];

/** What an action's first word says was changed. Words that are not here name nothing in particular. */
const SUBJECTS: Readonly<Record<string, readonly Table[]>> = {
  pointer: ["pointer"],
  rollout: ["rollout"],
  operation: ["step"],
  routing: ["step"],
  cleanup: ["step", "rollout"],
  slot: ["slot"],
  plan: ["plan"],
  preflight: ["rollout"],
  smoke: ["rollout"],
};

function covered(commit: Of<"committed">): Violation[] {
  const { audits, changes } = commit;
  const changed = changes.filter(({ table }) => table !== "event");
  const actions = audits.map(({ action }) => action);
  if (changed.length > 0 && audits.length === 0)
    return [violation("I5", `unaudited: ${[...new Set(changed.map(({ table }) => table))].join(", ")}`)];
  const invented = actions.filter((action) => {
    const tables = SUBJECTS[action.split(".")[0] ?? ""];
    return changed.length === 0 || (tables !== undefined && !changed.some(({ table }) => tables.includes(table)));
  });
  return [...invented.map((action) => violation("I5", `${action} without such a change`)), ...named(changed, actions)];
}

/** Changes that must be named by an action of their own: exactly one for the pointer, one at least for a phase or a step's state. */
function named(changed: readonly RowChange[], actions: readonly string[]): Violation[] {
  const about = (...words: readonly string[]) => actions.filter((action) => words.includes(action.split(".")[0] ?? ""));
  const found: Violation[] = [];
  const moves = about("pointer").length;
  if (changed.some(({ table }) => table === "pointer") && moves !== 1)
    found.push(violation("I5", `a pointer move with ${moves} audit rows`));
  for (const change of changed) {
    if (change.table === "rollout" && change.before?.phase !== change.after?.phase)
      if (about("rollout", "pointer", "deployment").length === 0)
        found.push(violation("I5", `${change.before?.phase} → ${change.after?.phase} without an audit row`));
    if (change.table === "step" && change.before !== null && change.before.state !== change.after?.state)
      if (about("operation", "routing").length === 0)
        found.push(violation("I5", `step ${change.key} became ${change.after?.state} without an audit row`));
  }
  return found;
}

function chains(history: readonly HistoryEvent[]): Violation[] {
  const { opened, closed } = inventoriesOf(history);
  const heads = new Map(Object.entries(opened.auditHeads));
  const found: Violation[] = [];
  for (const { audits } of ofKind(history, "committed"))
    for (const row of audits) {
      const head = heads.get(row.tenantId) ?? { seq: 0, hash: "0".repeat(64) };
      if (row.seq !== head.seq + 1 || row.prevHash !== head.hash)
        found.push(violation("I5", `audit row ${row.seq} does not follow on ${head.seq}`));
      if (rowHash(row) !== row.hash) found.push(violation("I5", `audit row ${row.seq} hashes to something else`));
      heads.set(row.tenantId, { seq: row.seq, hash: row.hash });
    }
  for (const [tenantId, head] of heads)
    if (closed.auditHeads[tenantId]?.hash !== head.hash)
      found.push(violation("I5", `the chain of ${tenantId} does not end in its last row`));
  return found;
}

const hashes = new WeakMap<ChainedAudit, string>();

/** Over the hash before it and the canonical text of its members but the hashes: plain members in their order. Rows are never changed in place. */
function rowHash(row: ChainedAudit): string {
  const { action, actor, afterHash, at, beforeHash, object, reason, requestId, seq, tenantId, via } = row;
  const content = { action, actor, afterHash, at, beforeHash, object, reason, requestId, seq, tenantId, via };
  const known = hashes.get(row) ?? sha256(row.prevHash + JSON.stringify(content));
  hashes.set(row, known);
  return known;
}
