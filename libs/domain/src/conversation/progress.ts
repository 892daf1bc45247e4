import type { Conversation, Objective } from "../manifest/index.ts";
import type { FactValue } from "./answer.ts";

/** What is known of a field. */
export interface Fact {
  readonly field: string;
  readonly value: FactValue;
  /** The caller has confirmed it as the field asks for it; what is remembered from an earlier call is not. */
  readonly isConfirmed: boolean;
}

/** What a tool came to. */
export type ToolOutcome = "success" | "empty" | "failure";

/** A tool's answer as transitions see it. */
export interface ToolResult {
  readonly tool: string;
  readonly outcome: ToolOutcome;
  /** What it was asked with: a correction of one of the values voids it. */
  readonly used: Readonly<Record<string, FactValue>>;
}

/** One stay in an objective. */
export interface Visit {
  readonly objective: string;
  readonly results: readonly ToolResult[];
  /** An answer that asked nothing back was given here: nothing is left to do in a step that has nothing to find out. */
  readonly isAnswered: boolean;
}

/** Where a conversation stands. Immutable: a speculative answer works on its own. */
export interface Progress {
  /** The way here; the last one is where the conversation is. Never empty. */
  readonly visits: readonly Visit[];
  /** Later visits that a correction went back behind: entered again, they keep what still holds. */
  readonly shelf: readonly Visit[];
  /** One for each known field, in the order they became known. */
  readonly facts: readonly Fact[];
  /** Set once a transition to `end` or `human` holds. */
  readonly ending: "end" | "human" | null;
}

const visitOf = (objective: string): Visit => ({ objective, results: [], isAnswered: false });

/** The beginning, with what earlier calls left: known, and to be confirmed. */
export const startProgress = (
  conversation: Conversation,
  remembered: readonly Omit<Fact, "isConfirmed">[],
): Progress => ({
  visits: [visitOf(conversation.start)],
  shelf: [],
  facts: remembered
    .filter(({ field }) => conversation.fields.some(({ name }) => name === field))
    .map(({ field, value }) => ({ field, value, isConfirmed: false })),
  ending: null,
});

/** The stay in the current objective. */
export const currentVisit = (progress: Progress): Visit => progress.visits.at(-1) ?? visitOf("");

/** The objective of that name; the first one for a name that no longer exists. Conversations have at least one. */
export function objectiveNamed(conversation: Conversation, name: string): Objective {
  const found = conversation.objectives.find((objective) => objective.name === name) ?? conversation.objectives[0];
  if (found === undefined) throw new RangeError("a conversation has no objective");
  return found;
}

export const currentObjective = (conversation: Conversation, progress: Progress): Objective =>
  objectiveNamed(conversation, currentVisit(progress).objective);

export const factOf = (progress: Progress, field: string): Fact | undefined =>
  progress.facts.find((fact) => fact.field === field);

/** The progress with another current visit. */
export const withVisit = (progress: Progress, change: Partial<Visit>): Progress => ({
  ...progress,
  visits: [...progress.visits.slice(0, -1), { ...currentVisit(progress), ...change }],
});

/** The progress with a fact set, in its old place when it was known. */
export function withFact(progress: Progress, fact: Fact): Progress {
  const isKnown = factOf(progress, fact.field) !== undefined;
  return {
    ...progress,
    facts: isKnown
      ? progress.facts.map((known) => (known.field === fact.field ? fact : known))
      : [...progress.facts, fact],
  };
}

export const withoutFact = (progress: Progress, field: string): Progress => ({
  ...progress,
  facts: progress.facts.filter((fact) => fact.field !== field),
});

/** A tool has answered in the objective that asked for it, wherever the conversation is by now. */
export function withResult(progress: Progress, objective: string, result: ToolResult): Progress {
  const index = progress.visits.findLastIndex((visit) => visit.objective === objective);
  if (index === -1) return progress;
  const add = (visit: Visit): Visit => ({
    ...visit,
    results: [...visit.results.filter(({ tool }) => tool !== result.tool), result],
  });
  return { ...progress, visits: progress.visits.map((visit, at) => (at === index ? add(visit) : visit)) };
}
