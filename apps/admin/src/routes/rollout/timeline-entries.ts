import type { EventLog, RolloutEvent } from "./event-log.ts";

/** What comes in rows of many: a run of them is one entry. */
export type RunKind = "operations" | "findings";

/** One line of the timeline. */
export type Entry =
  | { readonly kind: "event"; readonly key: string; readonly events: readonly [RolloutEvent] }
  | { readonly kind: RunKind; readonly key: string; readonly events: readonly RolloutEvent[] };

/** Only for whoever looks on: its end says the same once more. */
const UNTOLD = new Set(["scenario-began"]);
const RUNS: Readonly<Record<string, RunKind>> = { "operation-done": "operations", "finding-raised": "findings" };

/** The log, newest first, with each run of operations and of findings as one entry. */
export function entriesOf(log: EventLog): readonly Entry[] {
  const entries: Entry[] = [];
  for (const event of log) {
    if (UNTOLD.has(event.type)) continue;
    const kind = RUNS[event.type];
    const last = entries.at(-1);
    const key = String(event.seq);
    if (kind === undefined) entries.push({ kind: "event", key, events: [event] });
    else if (last?.kind === kind) entries[entries.length - 1] = { ...last, kind, events: [...last.events, event] };
    else entries.push({ kind, key, events: [event] });
  }
  return entries.toReversed();
}
