import type { Chance } from "./chance.ts";

/** What became of one case. */
export interface Judgement {
  /** `accepted`, or `refused: <why>`: what the summary counts. */
  readonly kind: string;
  /** What must not be; absent when all is well. */
  readonly violation?: string;
}

/** A kind of input that is made up, tried and judged. Cases are JSON, so that a failing one can be kept as a file. */
export interface Target<Case = unknown> {
  readonly name: string;
  /** Cases of the full form. */
  readonly full: number;
  /** Longest that one case may take, milliseconds; absent without a bound. */
  readonly longestMs?: number;
  make(chance: Chance): Case;
  judge(given: Case): Judgement;
}

/** A violation with the smallest case that shows it. */
export interface Failure {
  readonly target: string;
  /** Seed and number of the case; null for one of the corpus. */
  readonly origin: string | null;
  readonly violation: string;
  readonly given: unknown;
}

/** What a portion of cases came to; portions add up. */
export interface Tally {
  cases: number;
  kinds: Record<string, number>;
  slowestMs: number;
  /** Largest heap seen between cases, bytes. */
  heapPeakBytes: number;
  failures: Failure[];
}

export const emptyTally = (): Tally => ({ cases: 0, kinds: {}, slowestMs: 0, heapPeakBytes: 0, failures: [] });

/** Adds one tally to another. */
export function addTally(into: Tally, tally: Tally): void {
  into.cases += tally.cases;
  for (const [kind, times] of Object.entries(tally.kinds)) into.kinds[kind] = (into.kinds[kind] ?? 0) + times;
  into.slowestMs = Math.max(into.slowestMs, tally.slowestMs);
  into.heapPeakBytes = Math.max(into.heapPeakBytes, tally.heapPeakBytes);
  into.failures.push(...tally.failures);
}
