import type { ReleaseBundle } from "@tandem/domain/release";
import {
  chosenSessions,
  comparedSession,
  type PastCandidate,
  type ReplayComparison,
  type ReplayPolicy,
  type ReplayReport,
  summedReplay,
  wordsOf,
} from "@tandem/domain/replay";
import type { Slot } from "@tandem/domain/slot";
import type { EngineContext } from "../context.ts";
import { sessionRuns } from "./session-runs.ts";

/** A release in the slot where it stands. */
export interface PlacedRelease {
  readonly slot: Slot;
  readonly hash: string;
  readonly bundle: ReleaseBundle;
}

/** Whose past sessions are had again, and with what. */
export interface ReplayWish {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly replayId: string;
  readonly policy: ReplayPolicy;
  /** The live release, whose sessions they are, and the one on the other slot. */
  readonly before: PlacedRelease;
  readonly after: PlacedRelease;
}

/** How long one replay goes on before no further session is begun. */
const MOST_MS = 15 * 60_000;
/** Candidates looked at per session that is wanted: rare outcomes are among them. */
const CANDIDATES_PER_SESSION = 10;

/**
 * Replays the newest sessions of the live release on both slots, some at a time. What was compared before, by a worker that died, counts
 * and is not done again. `signal` ends it after the sessions under way. Errors of the database propagate.
 */
export async function replaySessions(
  context: EngineContext,
  wish: ReplayWish,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const { replays } = context.store;
  const { tenantId, deploymentId, replayId, policy, before, after } = wish;
  const kept = await replays.kept(tenantId, replayId);
  const known = new Set(kept.map(({ sessionId }) => sessionId));
  const limit = policy.sessions * CANDIDATES_PER_SESSION;
  const query = { tenantId, deploymentId, release: before.hash, maxAgeDays: policy.maxAgeDays, limit };
  const missing = Math.max(0, policy.sessions - kept.length);
  const chosen = chosenSessions(
    (await replays.candidates(query)).filter(({ sessionId }) => !known.has(sessionId)),
    missing,
  );
  const comparisons = [...kept, ...(await replayAll(context, wish, chosen, signal))];
  const gone = chosen.length - comparisons.length + kept.length;
  return summedReplay(
    { before: before.hash, after: after.hash, chosen: comparisons.length + gone, comparisons },
    policy,
  );
}

async function replayAll(
  context: EngineContext,
  wish: ReplayWish,
  chosen: readonly PastCandidate[],
  signal: AbortSignal,
): Promise<readonly ReplayComparison[]> {
  const { clock, settings } = context;
  const until = clock.monotonicMs() + MOST_MS;
  const waiting = [...chosen];
  const done: ReplayComparison[] = [];
  const work = async (): Promise<void> => {
    while (!signal.aborted && clock.monotonicMs() < until) {
      const next = waiting.shift();
      if (next === undefined) return;
      const comparison = await replayOne(context, wish, next, signal);
      if (comparison !== null) done.push(comparison);
    }
  };
  await Promise.all(Array.from({ length: Math.min(settings.smokeCalls, chosen.length) }, work));
  return done;
}

/** Null when its words are gone meanwhile, or it was not had to its end. */
async function replayOne(
  context: EngineContext,
  wish: ReplayWish,
  candidate: PastCandidate,
  signal: AbortSignal,
): Promise<ReplayComparison | null> {
  const { replays } = context.store;
  const { tenantId, deploymentId, replayId } = wish;
  const session = await replays.pastSession(tenantId, candidate.sessionId);
  if (session === null) return null;
  const runs = await sessionRuns(context, wish, session, signal);
  if (runs === null) return null;
  const comparison = comparedSession(candidate, runs);
  const words = wordsOf(runs);
  await replays.keep({ tenantId, deploymentId, replayId, comparison, words, wordsUntil: session.keptUntil });
  return comparison;
}
