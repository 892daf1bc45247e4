import { type CallFacts, type EvidenceMetric, leastDifferences } from "@tandem/domain/evidence";
import type { SeededRng } from "../time/seeded-rng.ts";

/** How calls of the simulated business end. Shares of calls; milliseconds. */
const BOOKED = 0.4;
const SELF_SERVED = 0.7;
const ERRORS = 0.01;
const HANG_UPS = 0.1;
const HANDLING = { medianMs: 120_000, sigma: 0.7 };
/** Calls differ from each other, and turns within a call. */
const RESPONSE = { medianMs: 450, callSigma: 0.15, turnSigma: 0.35 };

/** How the candidate is worse: by this many margins in every metric; 0 is as good. */
export interface Worse {
  readonly margins: Readonly<Record<EvidenceMetric, number>>;
  readonly times: number;
}

/** One ended call of a release that is worse by so much. */
export function drawCall(rng: SeededRng, { margins, times }: Worse): CallFacts {
  const share = (metric: EvidenceMetric, baseline: number, sign: 1 | -1): boolean =>
    rng.chance(baseline + sign * times * Math.max(margins[metric] * baseline, leastDifferences[metric]));
  const factor = (metric: EvidenceMetric): number => 1 + times * margins[metric];
  return {
    isAgents: true,
    isBooked: share("booked", BOOKED, -1),
    isSelfServed: share("self-serve", SELF_SERVED, -1),
    handlingMs: HANDLING.medianMs * Math.exp(HANDLING.sigma * normal(rng)) * factor("handling-time"),
    isError: share("errors", ERRORS, 1),
    isHangUp: share("hang-ups", HANG_UPS, 1),
    isCrash: false,
    hasSilence: false,
    responseMs: responses(rng, factor("response-latency")),
  };
}

function responses(rng: SeededRng, factor: number): number[] {
  const ofCall = RESPONSE.medianMs * Math.exp(RESPONSE.callSigma * normal(rng)) * factor;
  return Array.from({ length: rng.between(2, 9) }, () => ofCall * Math.exp(RESPONSE.turnSigma * normal(rng)));
}

/** Box and Muller. */
const normal = (rng: SeededRng): number =>
  Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
