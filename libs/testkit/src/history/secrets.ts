import type { HistoryEvent, RowChange, Violation } from "./event.ts";
import { eachByItself, FINE, inventoriesOf, violation } from "./reading.ts";

/** I7: what was put into credentials is in no row, audit row, event, message, log line or error text. */
export function checkSecrets(history: readonly HistoryEvent[], shared: number): Violation[] {
  const { canaries } = inventoriesOf(history);
  const shortest = Math.min(...canaries.map(({ length }) => length));
  const beginning = common(canaries);
  const holds = (text: string) => text.includes(beginning) && canaries.some((canary) => text.includes(canary));
  const shows = (value: unknown): boolean => {
    if (typeof value === "string") return value.length >= shortest && holds(value);
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value)) return value.some(shows);
    const members = value as Readonly<Record<string, unknown>>;
    for (const name in members) if (shows(name) || shows(members[name])) return true;
    return false;
  };
  return credentials(history, shared, shows);
}

const credentials = eachByItself<(value: unknown) => boolean>((event, shows) =>
  isShown(event, shows) ? [violation("I7", `a credential shows in ${where(event)}`)] : FINE,
);

/** What all texts begin with: a text that does not hold this holds none of them. */
const common = ([first = "", ...others]: readonly string[]): string => {
  let length = first.length;
  while (!others.every((text) => text.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
};

/** Whether something shows in what others can see of an event. */
function isShown(event: HistoryEvent, shows: (value: unknown) => boolean): boolean {
  switch (event.kind) {
    case "committed":
      return event.changes.some((change) => isWritten(change, shows)) || shows(event.audits) || shows(event.messages);
    case "logged":
    case "refused":
      return shows(event.text);
    case "requested":
      return shows(event.fields);
    default:
      return false;
  }
}

/** Whether something shows in what a change wrote: the members that are not those of before, which were looked at when they were written. */
function isWritten({ before, after }: RowChange, shows: (value: unknown) => boolean): boolean {
  if (before === null || after === null) return shows(after);
  const was = before as unknown as Readonly<Record<string, unknown>>;
  const is = after as unknown as Readonly<Record<string, unknown>>;
  for (const name in is) if (was[name] !== is[name] && shows(is[name])) return true;
  return false;
}

const where = (event: HistoryEvent): string =>
  event.kind === "committed"
    ? `a transaction of ${event.by}`
    : event.kind === "logged"
      ? `a log line of ${event.by}`
      : event.kind;
