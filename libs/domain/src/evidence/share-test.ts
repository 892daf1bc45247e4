import { logBeta } from "./log-beta.ts";
import { addedSums, meanOf, type Sums, varianceOf } from "./sums.ts";

/** Both sides of a comparison. */
export interface Sides {
  readonly candidate: Sums;
  readonly baseline: Sums;
}

/** How much worse a share may be: by a part of the baseline's share, and never less than so many points of it. */
export interface ShareMargin {
  readonly ratio: number;
  /** 0–1. */
  readonly least: number;
  /** Whether a higher share is worse. */
  readonly isHigherWorse: boolean;
}

/** The largest share that is still no worse than allowed (the smallest, where a lower share is worse). */
export const allowedShare = (baseline: number, { ratio, least, isHigherWorse }: ShareMargin): number => {
  const distance = Math.max(ratio * baseline, least);
  return isHigherWorse ? baseline + distance : baseline - distance;
};

/** Beta prior over which a side's share is averaged. Any prior keeps the error rates; a fitting one needs fewer calls. */
export type Prior = readonly [a: number, b: number];
const JEFFREYS: Prior = [0.5, 0.5];

/** Where shares may lie beforehand. */
export interface Priors {
  readonly candidate: Prior;
  readonly baseline: Prior;
}
const anywhere: Priors = { candidate: JEFFREYS, baseline: JEFFREYS };

/**
 * How strongly the calls speak against "the candidate's share is no worse than the baseline's": natural logarithm of a test martingale's
 * lower bound over all pairs of shares for which it is true. It exceeds log(1/α) at any time, ever, with a chance of at most α when it is
 * true, whatever the order in which calls of both sides come in. Values may lie anywhere from 0 to 1; exact for any such values.
 */
export function evidenceOfWorse(sides: Sides, isHigherWorse: boolean, priors: Priors = anywhere): number {
  const candidate = meanOf(sides.candidate);
  const baseline = meanOf(sides.baseline);
  if (candidate === null || baseline === null) return 0;
  if (isHigherWorse ? candidate <= baseline : candidate >= baseline) return 0;
  const pooled = (sides.candidate.sum + sides.baseline.sum) / (sides.candidate.calls + sides.baseline.calls);
  return apart(sides, priors) - logLikelihood(sides, pooled, pooled);
}

/** The same against "the candidate's share is worse than the baseline's by the margin or more". */
export function evidenceOfGood(sides: Sides, margin: ShareMargin): number {
  const candidate = meanOf(sides.candidate);
  const baseline = meanOf(sides.baseline);
  if (candidate === null || baseline === null) return 0;
  const allowed = allowedShare(baseline, margin);
  if (margin.isHigherWorse ? candidate >= allowed : candidate <= allowed) return 0;
  const together = averaged(addedSums(sides.candidate, sides.baseline), JEFFREYS);
  return meanOfExponentials(apart(sides, anywhere), together) - greatestAtMargin(sides, margin);
}

/** Likelihood of both sides, each share averaged by itself. */
const apart = ({ candidate, baseline }: Sides, priors: Priors): number =>
  averaged(candidate, priors.candidate) + averaged(baseline, priors.baseline);
const averaged = ({ calls, sum }: Sums, [a, b]: Prior): number => logBeta(sum + a, calls - sum + b) - logBeta(a, b);

/** Most releases are as good as the one before: half of the weight lies on both shares being the same, half on each being anything. */
function meanOfExponentials(left: number, right: number): number {
  const most = Math.max(left, right);
  return most + Math.log((Math.exp(left - most) + Math.exp(right - most)) / 2);
}

const logLikelihood = ({ candidate, baseline }: Sides, p: number, q: number): number =>
  likelihoodOf(candidate, p) + likelihoodOf(baseline, q);
const likelihoodOf = ({ calls, sum }: Sums, p: number): number => times(sum, p) + times(calls - sum, 1 - p);
const times = (count: number, p: number): number => (count <= 0 ? 0 : p <= 0 ? -Infinity : count * Math.log(p));

/** The pairs that are worse by exactly the margin lie on two straight edges; the likelihood is concave along each. */
function greatestAtMargin(sides: Sides, margin: ShareMargin): number {
  const { ratio, least, isHigherWorse } = margin;
  const at = (baseline: number) => logLikelihood(sides, allowedShare(baseline, margin), baseline);
  const bend = Math.min(1, least / ratio);
  const from = isHigherWorse ? 0 : least;
  const to = isHigherWorse ? Math.max(0, Math.min(1 / (1 + ratio), 1 - least)) : 1;
  return Math.max(
    greatest(at, Math.min(from, bend), Math.min(bend, to)),
    greatest(at, Math.min(Math.max(from, bend), to), to),
  );
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Greatest value of a concave function on an interval. */
function greatest(of: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [of(left), of(right)];
  for (let step = 0; step < 60 && high - low > 1e-9; step += 1) {
    if (atLeft > atRight || Number.isNaN(atRight)) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = of(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = of(right);
    }
  }
  return Math.max(atLeft, atRight, of(from), of(to));
}

/** Calls' worth of a guess of no regularity, so that a few calls that happen to agree do not count for many. */
const GUESSED_CALLS = 20;
const LEAST_DISPERSION = 1 / 12;

/**
 * Shares within calls (turns of a call over a threshold) vary less than yes and no would. How much less, as found in both sides: 1 for yes
 * and no, less where each call has several turns that differ. Sums divided by it are worth as many calls of yes and no.
 */
export function dispersionOf({ candidate, baseline }: Sides): number {
  const calls = candidate.calls + baseline.calls;
  if (calls === 0) return 1;
  const mean = (candidate.sum + baseline.sum) / calls;
  const binomial = mean * (1 - mean);
  if (binomial <= 0) return 1;
  const found = candidate.calls * varianceOf(candidate) + baseline.calls * varianceOf(baseline);
  const ratio = (found + GUESSED_CALLS * binomial) / ((calls + GUESSED_CALLS) * binomial);
  return Math.min(1, Math.max(LEAST_DISPERSION, ratio));
}
