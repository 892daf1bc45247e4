import { counted } from "@tandem/kernel";
import { formatDuration } from "../../ui/time-text.ts";
import { type Evidence, type EvidenceDraft, evidenceDraftOf, evidenceOf } from "../policy/evidence-draft.ts";
import { percentText } from "../policy/number-text.ts";
import { MEASURES, type Measure } from "../rollout/measures.ts";

/** What to ask for over the policy's evidence: the members that differ, null for none at all, undefined for just as it is. */
export function askedEvidence(draft: EvidenceDraft, policy: Evidence | null): Partial<Evidence> | null | undefined {
  if (isAs(draft, policy)) return undefined;
  const wanted = evidenceOf(draft);
  if (wanted === null || policy === null) return wanted;
  const differing = Object.entries(wanted).filter(
    ([member, value]) => JSON.stringify(value) !== JSON.stringify(policy[member as keyof Evidence]),
  );
  return Object.fromEntries(differing);
}

/** Whether the draft says what the policy says. */
export const isAs = (draft: EvidenceDraft, policy: Evidence | null): boolean =>
  JSON.stringify(draft) === JSON.stringify(evidenceDraftOf(policy));

/** A policy's evidence in a sentence. */
export function evidenceWords(evidence: Evidence | null): string {
  if (evidence === null) return "calls are not compared; alarms and the checks of its objects count";
  const { minCalls, extendMs, whenInconclusive, margins } = evidence;
  const judged = Object.entries(margins).map(
    ([measure, margin]) => `${MEASURES[measure as Measure].name.toLowerCase()} (${percentText(margin)} %)`,
  );
  const end = whenInconclusive === "hold" ? "it is held" : "it goes on";
  return (
    `calls are compared from ${counted(minCalls, "call")} of each side on, ` +
    `${judged.length === 0 ? "nothing is judged" : `judged by ${judged.join(", ")}`}; ` +
    `${end} when they have told nothing ${formatDuration(extendMs)} after the window`
  );
}
