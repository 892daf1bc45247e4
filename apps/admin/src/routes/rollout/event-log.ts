import type { Schemas } from "../../api/generated/schema.ts";

export type RolloutEvent = Schemas["RolloutEvent"];

/** What happened in a rollout, in order. */
export type EventLog = readonly RolloutEvent[];

/** The log with what came: each event once, in the order of its number, whatever is sent again after a reconnect. */
export function logged(log: EventLog, came: readonly RolloutEvent[]): EventLog {
  const lastSeq = log.at(-1)?.seq ?? -1;
  const fresh = came.filter(({ seq }) => seq > lastSeq);
  return fresh.length === 0 ? log : [...log, ...fresh.toSorted((left, right) => left.seq - right.seq)];
}

/** A text of an event's payload; empty when it has none of this name. */
export function textOf(event: RolloutEvent, name: string): string {
  const value = event.payload[name];
  return typeof value === "string" ? value : "";
}

/** A number of an event's payload, or null. */
export function numberOf(event: RolloutEvent, name: string): number | null {
  const value = event.payload[name];
  return typeof value === "number" ? value : null;
}
