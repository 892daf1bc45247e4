import type { TrialAnswer } from "@tandem/ports/ingress-probe";
import type { AnswerRule } from "@tandem/domain/manifest";
import type { StageRun } from "../stage.ts";
import { askIngress, hangUp } from "./ask-ingress.ts";

/** What the document must do with the caller. */
export type Expected = "agent" | "ring-staff" | "any";

const POLL_MS = 250;

/**
 * Places a trial call on the inactive slot and holds the answer against the release. The media service learns of a slot's content
 * within its poll, so that a stamp that is not there yet is asked for again, for a bounded time.
 */
export async function expectAnswer(
  run: StageRun,
  expected: Expected,
): Promise<{ readonly failure: string | null; readonly sessionId: string | null }> {
  const { context, view, target } = run;
  const { tenantId, id } = view.deployment;
  const until = context.clock.monotonicMs() + context.settings.smokePatienceMs;
  for (;;) {
    const asked = await askIngress(run, () => context.ingress.answer(tenantId, id, target));
    const failure = "trouble" in asked ? asked.trouble : failureOf(run, asked.answer, expected);
    const sessionId = "trouble" in asked ? null : asked.answer.sessionId;
    if (failure === null) return { failure, sessionId };
    await hangUp(run, sessionId);
    const isFinal = "answer" in asked && isSettled(run, asked.answer);
    if (isFinal || context.clock.monotonicMs() >= until) return { failure, sessionId: null };
    await context.clock.sleep(POLL_MS);
  }
}

/** The right release has answered: asking again will not change what it says. */
const isSettled = ({ rollout, target }: StageRun, answer: TrialAnswer): boolean =>
  answer.status === 200 && answer.slot === target && answer.bundleHash === rollout.bundleHash;

/** What is wrong with an answer; null: nothing. */
export function failureOf(run: StageRun, answer: TrialAnswer, expected: Expected): string | null {
  if (answer.status !== 200) return `the ingress answered with status ${answer.status}`;
  if (answer.slot !== run.target) return `slot ${answer.slot ?? "none"} answered instead of ${run.target}`;
  if (answer.bundleHash !== run.rollout.bundleHash) return "another release answered";
  if (answer.sessionId === null) return "no session was pinned";
  return documentFailure(run, answer, expected);
}

/** What becomes of the caller, as the carrier itself reads the document. */
function documentFailure(
  { bundle }: StageRun,
  { document, instruction }: TrialAnswer,
  expected: Expected,
): string | null {
  if (document.trim() === "") return "the carrier document is empty";
  const dialled = instruction?.do === "dial" ? instruction.targets : [];
  const numbers = dialled.flatMap((target) => ("number" in target ? [target.number] : []));
  const isAgent = instruction?.do === "stream" || dialled.some((target) => "sipUri" in target);
  const isStaff = [bundle.answer.whenOpen, bundle.answer.whenClosed].some((rule) => ringsStaff(rule, numbers));
  if (expected === "agent") return isAgent ? null : "the carrier document does not reach the agent";
  if (expected === "ring-staff") return isStaff ? null : "the carrier document does not ring the staff";
  return isAgent || isStaff || numbers.includes(bundle.fallbackNumber) ? null : "the carrier document reaches nobody";
}

const ringsStaff = (rule: AnswerRule, dialled: readonly string[]): boolean =>
  rule.do === "ring-staff" && rule.numbers.some((number) => dialled.includes(number));
