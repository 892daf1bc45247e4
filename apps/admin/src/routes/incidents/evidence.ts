import type { Schemas } from "../../api/generated/schema.ts";
import type { HealthWord, IncidentDetail, StackName } from "./words.ts";

export type EvidenceWish = NonNullable<Schemas["ClearStack"]["evidence"]>[number];

/** Figures as they were when they were attached. */
interface KeptFigure {
  readonly meaning: string;
  readonly count: number;
  readonly of: number;
  readonly word: HealthWord;
}
interface KeptHealth {
  readonly to: string;
  readonly calls: number;
  readonly stacks: readonly {
    readonly stack: StackName;
    readonly word: HealthWord;
    readonly figures: readonly KeptFigure[];
  }[];
}

/** Evidence as an event keeps it. */
export type KeptEvidence =
  | { readonly kind: "session"; readonly sessionId: string; readonly note?: string }
  | { readonly kind: "operation"; readonly rolloutId: string; readonly seq: number; readonly note?: string }
  | { readonly kind: "metrics"; readonly health: KeptHealth; readonly note?: string }
  | { readonly kind: "text"; readonly text: string };

export type IncidentEvent = IncidentDetail["events"][number];

/** What was attached to an event; its form is the server's own. */
export const evidenceOf = ({ payload }: IncidentEvent): readonly KeptEvidence[] =>
  Array.isArray(payload["evidence"]) ? payload["evidence"] : [];

/** The words that an event carries under this name, null without. */
export function wordsOf({ payload }: IncidentEvent, name: string): string | null {
  const value = payload[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** The events that judged a stack or suspected it, oldest first. */
export const eventsOfStack = ({ events }: Pick<IncidentDetail, "events">, stack: StackName): readonly IncidentEvent[] =>
  events.filter(
    ({ type, payload }) =>
      payload["stack"] === stack && (type === "stack-suspected" || type === "stack-cleared" || type === "concluded"),
  );

/** What stands out of kept figures, for a stack or for all: the failing and degraded ones, else how each stood. */
export function tellingFigures({ stacks }: KeptHealth, stack: StackName | null): readonly string[] {
  const shown = stacks.filter((each) => stack === null || each.stack === stack);
  const bad = shown.flatMap(({ figures }) => figures.filter(({ word }) => word === "failing" || word === "degraded"));
  if (bad.length > 0) return bad.map(({ count, of, meaning }) => `${count} of ${of} ${meaning}`);
  return shown.map(({ stack: name, word }) => `${name} ${word}`);
}
