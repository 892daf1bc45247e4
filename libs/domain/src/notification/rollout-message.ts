import type { JsonObject } from "@tandem/kernel";

/** The kind of outbox message that a rollout's event leaves. */
export const ROLLOUT_EVENT = "rollout-event";

/** Events of a rollout that the outside is told of; what a person asked for leaves its own message. */
const TOLD: ReadonlySet<string> = new Set(["phase-entered", "rollout-waited", "evidence-weighed"]);
/** Of their payloads, what is small and told. */
const MEMBERS = ["from", "to", "reason", "detail", "kind", "verdict"] as const;

/** What an event of a rollout leaves in the outbox; null for events that only its timeline shows. */
export function rolloutMessage(event: {
  readonly rolloutId: string;
  readonly type: string;
  readonly phase: string;
  readonly payload: JsonObject;
}): JsonObject | null {
  const isBeginning = event.type === "phase-entered" && !event.payload["from"]; // the start leaves a message of its own
  if (isBeginning || !TOLD.has(event.type)) return null;
  const { rolloutId, type, phase, payload } = event;
  const told = MEMBERS.filter((name) => payload[name] !== undefined).map((name) => [name, payload[name]] as const);
  return { object: `rollout/${rolloutId}`, rolloutId, type, phase, ...Object.fromEntries(told) };
}
