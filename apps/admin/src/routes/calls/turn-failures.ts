import type { Schemas } from "../../api/generated/schema.ts";

type Call = Schemas["SessionDetail"];
type Event = Call["events"][number];

const FAILURES: ReadonlySet<string> = new Set(["provider-failed", "breaker-opened"]);

/** What providers failed at, by the turn in which they did: an event belongs to the turn that was over next. */
export function failuresByTurn({
  turns,
  events,
}: Pick<Call, "turns" | "events">): ReadonlyMap<number, readonly Event[]> {
  const found = new Map<number, Event[]>();
  const inOrder = turns.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
  for (const event of events.filter(({ type }) => FAILURES.has(type))) {
    const turn = inOrder.find(({ at }) => Date.parse(at) >= Date.parse(event.at)) ?? inOrder.at(-1);
    if (turn !== undefined) found.set(turn.turn, [...(found.get(turn.turn) ?? []), event]);
  }
  return found;
}
