import { sha256 } from "./digest.ts";
import type { ChainedAudit, HistoryEvent, RowChange, Violation } from "./event.ts";
import { eachByItself, FINE, inventoriesOf, type Of, violation } from "./reading.ts";

/** I5: every change carries its audit row in the same transaction, no row stands alone, and each tenant's chain is whole. */
export function checkAudit(history: readonly HistoryEvent[], shared: number): Violation[] {
  return [...allCovered(history, shared, null), ...chains(history, shared)];
}

const allCovered = eachByItself<null>((event) => (event.kind === "committed" ? covered(event) : FINE));

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

const firstWords = new Map<string, string>();

/** An action's first word. There are some forty actions, so that all are kept. */
function subjectOf(action: string): string {
  const known = firstWords.get(action) ?? action.split(".", 1)[0] ?? "";
  firstWords.set(action, known);
  return known;
}

function covered(commit: Of<"committed">): Violation[] {
  const { audits, changes } = commit;
  const changed = changes.filter(({ table }) => table !== "event");
  if (changed.length > 0 && audits.length === 0)
    return [violation("I5", `unaudited: ${[...new Set(changed.map(({ table }) => table))].join(", ")}`)];
  const found = named(
    changed,
    audits.map(({ action }) => subjectOf(action)),
  );
  for (const { action } of audits) {
    const tables = SUBJECTS[subjectOf(action)];
    if (changed.length === 0 || (tables !== undefined && !changed.some(({ table }) => tables.includes(table))))
      found.push(violation("I5", `${action} without such a change`));
  }
  return found;
}

/** Changes that must be named by an action of their own: exactly one for the pointer, one at least for a phase or a step's state. */
function named(changed: readonly RowChange[], subjects: readonly string[]): Violation[] {
  const isAbout = (words: readonly string[]) => subjects.some((subject) => words.includes(subject));
  const found: Violation[] = [];
  const moves = subjects.reduce((sum, subject) => (subject === "pointer" ? sum + 1 : sum), 0);
  if (moves !== 1 && changed.some(({ table }) => table === "pointer"))
    found.push(violation("I5", `a pointer move with ${moves} audit rows`));
  for (const change of changed) {
    if (change.table === "rollout" && change.before?.phase !== change.after?.phase)
      if (!isAbout(["rollout", "pointer", "deployment"]))
        found.push(violation("I5", `${change.before?.phase} → ${change.after?.phase} without an audit row`));
    if (change.table === "step" && change.before !== null && change.before.state !== change.after?.state)
      if (!isAbout(["operation", "routing"]))
        found.push(violation("I5", `step ${change.key} became ${change.after?.state} without an audit row`));
  }
  return found;
}

function chains(history: readonly HistoryEvent[], shared: number): Violation[] {
  const { opened, closed } = inventoriesOf(history);
  const heads = new Map(Object.entries(opened.auditHeads));
  const found: Violation[] = [];
  for (const [index, event] of history.entries())
    for (const row of event.kind === "committed" ? event.audits : []) {
      const head = heads.get(row.tenantId) ?? { seq: 0, hash: "0".repeat(64) };
      if (row.seq !== head.seq + 1 || row.prevHash !== head.hash)
        found.push(violation("I5", `audit row ${row.seq} does not follow on ${head.seq}`));
      const hash = index < shared ? keptHash(row) : rowHash(row);
      if (hash !== row.hash) found.push(violation("I5", `audit row ${row.seq} hashes to something else`));
      heads.set(row.tenantId, { seq: row.seq, hash: row.hash });
    }
  for (const [tenantId, head] of heads)
    if (closed.auditHeads[tenantId]?.hash !== head.hash)
      found.push(violation("I5", `the chain of ${tenantId} does not end in its last row`));
  return found;
}

const hashes = new WeakMap<ChainedAudit, string>();

/** Rows are never changed in place. */
function keptHash(row: ChainedAudit): string {
  const hash = hashes.get(row) ?? rowHash(row);
  hashes.set(row, hash);
  return hash;
}

/** Over the hash before it and the canonical text of its members but the hashes: plain members in their order. */
function rowHash(row: ChainedAudit): string {
  const { action, actor, afterHash, at, beforeHash, object, reason, requestId, seq, tenantId, via } = row;
  const content = { action, actor, afterHash, at, beforeHash, object, reason, requestId, seq, tenantId, via };
  return sha256(row.prevHash + JSON.stringify(content));
}
