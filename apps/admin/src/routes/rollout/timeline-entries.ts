import type { EventLog, RolloutEvent } from "./event-log.ts";

/** One line of the timeline; operations of one run of writes stand together. */
export type Entry =
  | { readonly kind: "event"; readonly key: string; readonly event: RolloutEvent }
  | {
      readonly kind: "operations";
      readonly key: string;
      readonly first: RolloutEvent;
      readonly last: RolloutEvent;
      readonly count: number;
    };

/** The log, newest first, with each run of operations as one entry. */
export function entriesOf(log: EventLog): readonly Entry[] {
  const entries: Entry[] = [];
  for (const event of log) {
    const last = entries.at(-1);
    if (event.type !== "operation-done") entries.push({ kind: "event", key: String(event.seq), event });
    else if (last?.kind === "operations") entries[entries.length - 1] = { ...last, last: event, count: last.count + 1 };
    else entries.push({ kind: "operations", key: String(event.seq), first: event, last: event, count: 1 });
  }
  return entries.toReversed();
}
