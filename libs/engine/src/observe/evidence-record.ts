import { type EvidenceVerdict, tellsMore } from "@tandem/domain/evidence";
import type { Json, JsonObject } from "@tandem/kernel";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { StageOutcome, StageRun } from "../stage.ts";

/**
 * The outcome with what this look at the calls told in the rollout's memory. The timeline tells it where it changed, and once more where
 * the watch ends by it.
 */
export async function withEvidence(
  run: StageRun,
  transaction: FencedTransaction,
  outcome: StageOutcome,
): Promise<StageOutcome> {
  const { verdict } = run.weighed;
  if (verdict === null) return outcome;
  const isLast = outcome.event !== "wait" && outcome.event !== "hold";
  const isAccepted = outcome.event === "stage-succeeded" && run.rollout.desired === "promote";
  if (isLast || tellsMore(run.memory.evidence ?? null, verdict) === "standing")
    await transaction.appendEvent({
      type: "evidence-weighed",
      payload: { ...payloadOf(verdict), watch: run.rollout.heldPhase ?? run.rollout.phase, isLast, isAccepted },
    });
  return { ...outcome, memory: { ...outcome.memory, evidence: verdict } };
}

const payloadOf = (verdict: EvidenceVerdict): JsonObject =>
  structuredClone(verdict) as unknown as { [name: string]: Json };
