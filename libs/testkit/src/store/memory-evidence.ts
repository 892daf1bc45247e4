import {
  addedFigures,
  type BothFigures,
  type CallFacts,
  figuresOf,
  leastDifferences,
  ownLimits,
  slowLimits,
  type Stretch,
} from "@tandem/domain/evidence";
import type { EvidenceStore, KeptLook } from "@tandem/ports/store/evidence";

/** An ended live call, folded. Epoch milliseconds. */
export interface EndedCall {
  readonly deploymentId: string;
  readonly release: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly facts: CallFacts;
}

/** A call that the agent handled well within two seconds, for tests to vary. */
export const goodCall: CallFacts = {
  isAgents: true,
  isBooked: true,
  isSelfServed: true,
  handlingMs: 120_000,
  isError: false,
  isHangUp: false,
  isCrash: false,
  hasSilence: false,
  responseMs: [400, 450, 500, 550],
};

/** Calls and the sums that rollouts share with their waves, with the semantics of the store on PostgreSQL. */
export class MemoryEvidence implements EvidenceStore {
  /** Tests append to it. */
  readonly calls: EndedCall[] = [];
  /** Rollout id → its part of its wave. */
  readonly shares = new Map<string, { readonly waveId: string; readonly figures: BothFigures }>();

  readonly looks: KeptLook[] = [];

  readonly figures: EvidenceStore["figures"] = async ({ deploymentId, candidate, before, latencyMargin }) => {
    const earlier = before === null ? null : this.#of(deploymentId, before.release, before.stretches);
    const p95Ms = earlier === null ? null : figuresOf(earlier, null).response.p95Ms;
    const limits = slowLimits(p95Ms, latencyMargin, leastDifferences["response-latency"]);
    return {
      candidate: figuresOf(this.#of(deploymentId, candidate.release, [candidate.stretch]), limits),
      before: earlier === null ? null : figuresOf(earlier, ownLimits(p95Ms)),
    };
  };

  readonly share: EvidenceStore["share"] = async ({ rolloutId, waveId, figures }) =>
    void this.shares.set(rolloutId, { waveId, figures });

  readonly pooled: EvidenceStore["pooled"] = async (waveId) => {
    const [first, ...others] = [...this.shares.values()].filter((share) => share.waveId === waveId);
    if (first === undefined) return null;
    return others.reduce<BothFigures>(
      (sum, { figures }) => ({
        candidate: addedFigures(sum.candidate, figures.candidate),
        baseline: addedFigures(sum.baseline, figures.baseline),
      }),
      first.figures,
    );
  };

  readonly keepLook: EvidenceStore["keepLook"] = async (look) => {
    const isNear = (kept: KeptLook) =>
      kept.rolloutId === look.rolloutId && (kept.atMs === look.atMs || kept.atMs > look.atMs - look.gapMs);
    if (!this.looks.some(isNear)) this.looks.push(look);
  };

  #of(deploymentId: string, release: string, stretches: readonly Stretch[]): CallFacts[] {
    const isIn = (call: EndedCall) =>
      stretches.some(
        ({ fromMs, toMs }) => call.startedAtMs >= fromMs && call.startedAtMs < toMs && call.endedAtMs < toMs,
      );
    return this.calls
      .filter((call) => call.deploymentId === deploymentId && call.release === release && isIn(call))
      .map(({ facts }) => facts);
  }
}
