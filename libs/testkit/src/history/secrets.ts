import type { HistoryEvent, RowChange, Violation } from "./event.ts";
import { inventoriesOf, violation } from "./reading.ts";

/** I7: what was put into credentials is in no row, audit row, event, message, log line or error text. */
export function checkSecrets(history: readonly HistoryEvent[]): Violation[] {
  const { canaries } = inventoriesOf(history);
  return history.flatMap((event) => {
    const text = seen(event);
    return text !== "" && canaries.some((canary) => text.includes(canary))
      ? [violation("I7", `a credential shows in ${where(event)}`)]
      : [];
  });
}

/** What of an event others can see, as text. */
function seen(event: HistoryEvent): string {
  switch (event.kind) {
    case "committed":
      return JSON.stringify([event.changes.map(written), event.audits, event.messages]);
    case "logged":
    case "refused":
      return event.text;
    case "requested":
      return JSON.stringify(event.fields);
    default:
      return "";
  }
}

/** What a change wrote: the members that are not those of before, which were looked at when they were written. */
function written({ before, after }: RowChange): unknown {
  if (before === null || after === null) return after;
  const was = Object.entries(before);
  return Object.entries(after).filter(([name, value], at) => was[at]?.[0] !== name || was[at]?.[1] !== value);
}

const where = (event: HistoryEvent): string =>
  event.kind === "committed"
    ? `a transaction of ${event.by}`
    : event.kind === "logged"
      ? `a log line of ${event.by}`
      : event.kind;
