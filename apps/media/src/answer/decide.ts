import { answerDecision } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { CarrierCall } from "@tandem/ports/inbound";

/** What happens to a call at answer. */
export type AnswerDecision =
  | { readonly do: "agent" }
  | {
      readonly do: "ring-staff";
      readonly numbers: readonly string[];
      readonly ringSeconds: number;
      readonly noAnswer: "agent" | "fallback";
    }
  | { readonly do: "human" }
  | { readonly do: "refuse" };

/** What a decision needs to know beside the bundle. */
export interface AnswerFacts {
  readonly bundle: ReleaseBundle;
  readonly call: CarrierCall;
  readonly isDiverted: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Seconds that this caller has used today. */
  readonly secondsToday: number;
  /** A number that we ring for this caller has come back to us. */
  readonly isLooping: boolean;
}

/** Pure: the same facts give the same decision. */
export function decideAnswer(facts: AnswerFacts): AnswerDecision {
  const { bundle, call } = facts;
  if (facts.secondsToday >= bundle.policies.minutesPerCallerPerDay * 60) return { do: "refuse" };
  if (facts.isDiverted) return { do: "human" };
  const { rule } = answerDecision(bundle.answer, facts.nowMs);
  if (rule.do === "agent" || facts.isLooping) return { do: "agent" };
  const numbers = rule.numbers.filter((number) => !leadsBack(call, number));
  if (numbers.length === 0) return { do: "agent" };
  return { do: "ring-staff", numbers, ringSeconds: rule.ringSeconds, noAnswer: rule.noAnswer };
}

/** True when dialling the number would bring the call straight back: it forwarded the call to us, made it, or is ours. */
export const leadsBack = (call: Pick<CarrierCall, "from" | "to" | "forwardedFrom">, number: string): boolean =>
  number === call.forwardedFrom || number === call.from || number === call.to;
