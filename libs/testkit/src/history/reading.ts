import type { DeploymentRows, HistoryEvent, Inventory, RowChange, Tables, Violation } from "./event.ts";

type Kind = HistoryEvent["kind"];
export type Of<Chosen extends Kind> = Extract<HistoryEvent, { readonly kind: Chosen }>;

/** The events of one kind, in order. */
export function ofKind<Chosen extends Kind>(history: readonly HistoryEvent[], kind: Chosen): Of<Chosen>[] {
  return history.filter((event): event is Of<Chosen> => event.kind === kind);
}

/** How a history begins and ends. Throws for one that does not. */
export function inventoriesOf(history: readonly HistoryEvent[]): {
  readonly opened: Inventory;
  readonly closed: Inventory;
  readonly accounts: Readonly<Record<string, string>>;
  readonly canaries: readonly string[];
} {
  const first = history[0];
  const last = history.at(-1);
  if (first?.kind !== "opened" || last?.kind !== "closed") throw new Error("a history is opened first and closed last");
  return { opened: first.inventory, closed: last.inventory, accounts: first.accounts, canaries: first.canaries };
}

/** Follows a history for one invariant; tells what is wrong as it goes. All of a history's followers have one `Replay` in common. */
export interface Follower {
  /** Before the tables follow a commit. */
  readonly before?: (commit: Of<"committed">) => readonly Violation[];
  /** After each event; the tables have followed it. */
  readonly after?: (event: HistoryEvent) => readonly Violation[];
  /** After the last one. */
  readonly end?: () => readonly Violation[];
}

/** Nothing is wrong. */
export const FINE: readonly Violation[] = [];

/**
 * Judges each event of a history by itself. What was said of the first `shared` events is kept: other histories begin with the same ones,
 * and nothing that is written down is changed.
 */
export function eachByItself<Known>(
  judge: (event: HistoryEvent, known: Known) => readonly Violation[],
): (history: readonly HistoryEvent[], shared: number, known: Known) => Violation[] {
  const kept = new WeakMap<HistoryEvent, readonly Violation[]>();
  const judged = (event: HistoryEvent, known: Known): readonly Violation[] => {
    const said = kept.get(event) ?? judge(event, known);
    kept.set(event, said);
    return said;
  };
  return (history, shared, known) => {
    const found: Violation[] = [];
    for (const [index, event] of history.entries()) {
      const said = index < shared ? judged(event, known) : judge(event, known);
      if (said.length > 0) found.push(...said);
    }
    return found;
  };
}

type Grouped = { readonly [Table in keyof Tables]?: Extract<RowChange, { readonly table: Table }>[] };

const NONE: readonly never[] = [];

/** The commit whose changes were asked for last, by table: all invariants ask for those of one commit after the other. */
let last: { readonly changes: readonly RowChange[]; readonly grouped: Grouped } = { changes: NONE, grouped: {} };

/** The changes of one table in a commit. */
export function changesOf<Table extends keyof Tables>(
  { changes }: Of<"committed">,
  table: Table,
): readonly Extract<RowChange, { readonly table: Table }>[] {
  if (changes !== last.changes) last = { changes, grouped: groupedBy(changes) };
  return last.grouped[table] ?? NONE;
}

function groupedBy(changes: readonly RowChange[]): Grouped {
  const grouped: { -readonly [Table in keyof Tables]?: RowChange[] } = {};
  for (const change of changes) (grouped[change.table] ??= []).push(change);
  return grouped as Grouped;
}

/** The rows of one deployment as they follow from the commits. */
export interface Rows {
  readonly tenantId: string;
  readonly deploymentId: string;
  pointer: DeploymentRows["pointer"];
  readonly slots: { blue: Tables["slot"]; green: Tables["slot"] };
  attachment: Tables["attachment"];
  readonly bindings: Map<string, Tables["binding"]>;
  readonly rollouts: Map<string, Tables["rollout"]>;
  readonly steps: Map<string, Tables["step"]>;
}

/** Deployments by id, as they stand; begins with the inventory and follows each commit. */
export class Replay {
  readonly deployments = new Map<string, Rows>();
  readonly plans = new Map<string, Tables["plan"]>();

  constructor(inventory: Inventory) {
    for (const rows of inventory.deployments) this.deployments.set(rows.deploymentId, opened(rows));
  }

  follow(commit: Of<"committed">): void {
    const rows = this.deployments.get(commit.deploymentId);
    if (rows === undefined) return;
    for (const change of commit.changes) this.#apply(rows, change);
  }

  #apply(rows: Rows, change: RowChange): void {
    switch (change.table) {
      case "pointer":
        if (change.after !== null) rows.pointer = change.after;
        return;
      case "attachment":
        if (change.after !== null) rows.attachment = change.after;
        return;
      case "slot":
        if (change.after !== null) rows.slots[change.after.slot] = change.after;
        return;
      case "binding":
        return put(rows.bindings, change.key, change.after);
      case "rollout":
        return put(rows.rollouts, change.key, change.after);
      case "step":
        return put(rows.steps, change.key, change.after);
      case "plan":
        return put(this.plans, change.key, change.after);
      case "event":
    }
  }
}

function put<Row>(rows: Map<string, Row>, key: string, row: Row | null): void {
  if (row === null) rows.delete(key);
  else rows.set(key, row);
}

const opened = (rows: DeploymentRows): Rows => ({
  tenantId: rows.tenantId,
  deploymentId: rows.deploymentId,
  pointer: rows.pointer,
  slots: { ...rows.slots },
  attachment: rows.attachment,
  bindings: new Map(rows.bindings.map((row) => [`${row.slot ?? ""}:${row.address}`, row])),
  rollouts: new Map(rows.rollouts.map((row) => [row.id, row])),
  steps: new Map(rows.steps.map((row) => [`${row.rolloutId}/${row.seq}`, row])),
});

export const violation = (invariant: Violation["invariant"], detail: string): Violation => ({ invariant, detail });

/** Phases in which a rollout has ended. Written down here, not asked of the engine. */
export const ENDED: ReadonlySet<string> = new Set(["succeeded", "aborted", "rolled-back", "failed"]);
