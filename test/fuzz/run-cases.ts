import { Chance } from "./chance.ts";
import { corpusOf } from "./corpus.ts";
import { minimise } from "./minimise.ts";
import { emptyTally, type Judgement, type Tally, type Target } from "./target.ts";

/** Cases of a target with these numbers, or its kept ones. */
export interface Portion {
  readonly target: string;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly isCorpus?: boolean;
}

const HEAP_LOOK = 50;
const MOST_FAILURES = 5;

/** Judges a portion of cases one after the other. */
export function runCases<Case>(target: Target<Case>, { seed, first, count, isCorpus }: Portion): Tally {
  const tally = emptyTally();
  const kept = isCorpus === true ? (corpusOf(target.name) as Case[]) : [];
  const total = isCorpus === true ? kept.length : count;
  for (let at = 0; at < total; at++) {
    const given = isCorpus === true ? (kept[at] as Case) : target.make(new Chance(seed, first + at));
    const { judgement, tookMs } = judged(target, given);
    tally.cases += 1;
    tally.kinds[judgement.kind] = (tally.kinds[judgement.kind] ?? 0) + 1;
    tally.slowestMs = Math.max(tally.slowestMs, tookMs);
    if (at % HEAP_LOOK === 0) tally.heapPeakBytes = Math.max(tally.heapPeakBytes, process.memoryUsage().heapUsed);
    if (judgement.violation === undefined || tally.failures.length >= MOST_FAILURES) continue;
    const origin = isCorpus === true ? null : `${seed}/${first + at}`;
    tally.failures.push({ target: target.name, origin, ...smallest(target, given, judgement.violation) });
  }
  return tally;
}

/** One case with its time on the processor. A slow one is measured again, alone, before it counts. */
function judged<Case>(target: Target<Case>, given: Case): { judgement: Judgement; tookMs: number } {
  let [judgement, tookMs] = timed(target, given);
  const { longestMs } = target;
  if (longestMs === undefined || tookMs <= longestMs) return { judgement, tookMs };
  for (let again = 0; again < 3; again++) {
    const [, thisTimeMs] = timed(target, given);
    tookMs = Math.min(tookMs, thisTimeMs);
  }
  if (tookMs > longestMs && judgement.violation === undefined)
    judgement = { ...judgement, violation: `slower than ${longestMs} ms` };
  return { judgement, tookMs };
}

function timed<Case>(target: Target<Case>, given: Case): [Judgement, number] {
  const before = process.threadCpuUsage();
  const judgement = judgedSafely(target, given);
  const { user, system } = process.threadCpuUsage(before);
  return [judgement, (user + system) / 1000];
}

function judgedSafely<Case>(target: Target<Case>, given: Case): Judgement {
  try {
    return target.judge(given);
  } catch (error) {
    return { kind: "threw", violation: `threw ${(error as Error).name}: ${(error as Error).message}`.slice(0, 300) };
  }
}

/** The violation without its numbers and quotations: what stays the same while a case shrinks. */
const sortOf = (violation: string | undefined): string | undefined =>
  violation?.split(":", 2).join(":").replace(/\d+/g, "");

function smallest<Case>(target: Target<Case>, given: Case, violation: string): { violation: string; given: unknown } {
  const isSame = (smaller: unknown) =>
    sortOf(judged(target, smaller as Case).judgement.violation) === sortOf(violation);
  const small = minimise(given, isSame);
  return { violation: judgedSafely(target, small as Case).violation ?? violation, given: small };
}
