import {
  type BothFigures,
  type EvidenceVerdict,
  leastGapMs,
  sameHours,
  type Stretch,
  tellsMore,
  waveSums,
  weigh,
} from "@tandem/domain/evidence";
import { otherSlot } from "@tandem/domain/slot";
import type { StageRun } from "../stage.ts";

/** A stretch of time in which callers are on the rollout's release. Epoch milliseconds of the database. */
export interface Watch {
  /** `concurrent`: both releases take calls now (canary) · `same-hours`: the release before, a week ago at the same hours (blue/green). */
  readonly baseline: "concurrent" | "same-hours";
  readonly sinceMs: number;
  /** When the watch may end at the earliest; the policy's `extendMs` comes on top. */
  readonly endsMs: number;
}

/**
 * What the calls of a watch tell. Without an evidence policy nothing is weighed and everything passes. Writes nothing of the rollout; it
 * leaves its sums for its wave. The verdict is kept with whatever this run's look ends with.
 */
export async function weighEvidence(run: StageRun, watch: Watch): Promise<EvidenceVerdict> {
  const { evidence: policy, waveId = "" } = run.rollout.policy;
  if (policy === undefined) return nothingWeighed(run, watch);
  const stretch = { fromMs: watch.sinceMs, toMs: run.nowMs() };
  const before = releaseBefore(run);
  const { evidence } = run.context.store;
  const { id: deploymentId, tenantId } = run.view.deployment;
  const figures = await evidence.figures({
    tenantId,
    deploymentId,
    candidate: { release: run.rollout.bundleHash, stretch },
    before: before === null ? null : { release: before, stretches: stretchesOf(run, watch, stretch) },
    latencyMargin: policy.margins["response-latency"] ?? null,
  });
  const own = figures.before === null ? null : { candidate: figures.candidate, baseline: figures.before };
  const verdict = weigh({
    policy,
    ...figures,
    basis: watch.baseline,
    pooled: waveId === "" ? null : await poolWith(run, waveId, own),
    toEndMs: watch.endsMs - stretch.toMs,
    toLastMs: watch.endsMs + policy.extendMs - stretch.toMs,
  });
  const told = { ...verdict, window: stretch };
  await keepLook(run, told, stretch);
  run.weighed.verdict = told;
  return told;
}

/** Leaves the look for who reads the rollout later: when it tells another thing, and from time to time while figures move. */
async function keepLook({ context, view, rollout, memory }: StageRun, verdict: EvidenceVerdict, stretch: Stretch) {
  const news = tellsMore(memory.evidence ?? null, verdict);
  if (news === "nothing") return;
  await context.store.evidence.keepLook({
    tenantId: view.deployment.tenantId,
    rolloutId: rollout.id,
    atMs: stretch.toMs,
    watch: (rollout.heldPhase ?? rollout.phase) === "shifting" ? "shifting" : "baking",
    verdict,
    gapMs: news === "standing" ? 0 : leastGapMs(stretch),
  });
}

const nothingWeighed = (run: StageRun, watch: Watch): EvidenceVerdict => ({
  kind: "passed",
  detail: "",
  alarms: [],
  comparisons: [],
  isReduced: false,
  baseline: "none",
  leftMs: Math.max(0, watch.endsMs - run.nowMs()),
});

/** The release on the other slot: the one that callers were on before; null for a first release, and where it is the same one. */
function releaseBefore({ view, rollout, target }: StageRun): string | null {
  const { bundleHash } = view.slots[otherSlot(target)];
  return bundleHash === rollout.bundleHash ? null : bundleHash;
}

const stretchesOf = (run: StageRun, watch: Watch, stretch: Stretch): readonly Stretch[] =>
  watch.baseline === "concurrent" ? [stretch] : sameHours(stretch, run.bundle.answer.schedule.timeZone);

async function poolWith(run: StageRun, waveId: string, own: BothFigures | null): Promise<BothFigures | null> {
  const { evidence } = run.context.store;
  if (own !== null) {
    const { tenantId } = run.view.deployment;
    await evidence.share({ tenantId, rolloutId: run.rollout.id, waveId, figures: waveSums(own) });
  }
  return evidence.pooled(waveId);
}
