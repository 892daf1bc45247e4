import { type OfferedTime, type Progress, type Question, startProgress } from "@tandem/domain/conversation";
import type { ConversationOptions } from "./conversation-engine.ts";

/** Everything about a conversation that an answer may change. Immutable, so that an answer which is thrown away has changed nothing. */
export interface Standing {
  readonly progress: Progress;
  /** Times that the model was told of. */
  readonly told: readonly OfferedTime[];
  readonly consent: "not-asked" | "asked" | "answered";
  /** What we asked last by ourselves; null when the model spoke last. */
  readonly question: Question | null;
  /** Turns in a row that could not be understood. */
  readonly unclear: number;
  /** Turns in which the caller was upset. */
  readonly frustrated: number;
  /** Answers in a row that every model refused. */
  readonly modelFailures: number;
  /** Turns in which the current step came no further because something failed. */
  readonly stepFailures: number;
}

export type StandingChange = (standing: Standing) => Standing;

/** How a conversation begins, or goes on. */
export function startStanding({ bundle, remembered, resumed }: ConversationOptions): Standing {
  const fresh = startProgress(bundle.conversation, resumed?.facts ?? remembered);
  const isAsked = bundle.policies.consent.recording === "ask" && (resumed?.transcript.length ?? 0) === 0;
  return {
    progress:
      resumed === undefined
        ? fresh
        : {
            ...fresh,
            facts: resumed.facts,
            visits: [{ objective: resumed.objective, results: [], isAnswered: false }],
          },
    told: [],
    consent: isAsked ? "asked" : "not-asked",
    question: null,
    unclear: 0,
    frustrated: 0,
    modelFailures: 0,
    stepFailures: 0,
  };
}
