import { restoredReply, restoredText, type ReplayRun, type SessionRuns, standInsOf } from "@tandem/domain/replay";
import type { ReplayTalk } from "@tandem/ports/ingress-probe";
import type { PastSession } from "@tandem/ports/store/replays";
import type { EngineContext } from "../context.ts";
import type { PlacedRelease, ReplayWish } from "./replay-sessions.ts";

/** A lost request is made once more. */
const TRIES = 2;
const TRY_AGAIN_MS = 1000;

/** What a past session's caller says again: stand-ins for what redaction took out, the same each time. */
export function talkOf({ sessionId, startedAt, said, recorded }: PastSession): ReplayTalk {
  const standIns = standInsOf(sessionId);
  return {
    startedAtMs: Date.parse(startedAt),
    from: standIns.phone,
    said: said.map((text) => restoredText(text, standIns)),
    recorded: recorded.map((one) => ({ ...one, reply: restoredReply(one.reply, standIns) })),
  };
}

/** The session on the live release, twice, and on the other one; null when the signal came between. */
export async function sessionRuns(
  context: EngineContext,
  wish: ReplayWish,
  session: PastSession,
  signal: AbortSignal,
): Promise<SessionRuns | null> {
  const talk = talkOf(session);
  const runs: ReplayRun[] = [];
  for (const release of [wish.before, wish.after, wish.before]) {
    const run = await runOn(context, wish, { release, talk, signal });
    if (run === null) return null;
    runs.push(run);
  }
  const [before, after, again] = runs;
  return before === undefined || after === undefined || again === undefined ? null : { before, after, again };
}

interface Asked {
  readonly release: PlacedRelease;
  readonly talk: ReplayTalk;
  readonly signal: AbortSignal;
}

/** A replay that could not be had is one with `trouble`; null on the signal. */
async function runOn(
  { ingress, clock }: EngineContext,
  { tenantId, deploymentId }: ReplayWish,
  { release, talk, signal }: Asked,
): Promise<ReplayRun | null> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      const run = await ingress.replay(tenantId, deploymentId, release.slot, talk, signal);
      return run.bundleHash === release.hash ? run : { ...run, trouble: "another release answered" };
    } catch (error) {
      if (tries >= TRIES && !signal.aborted) return unheld(release, (error as Error).message);
      await clock.sleep(TRY_AGAIN_MS, signal).catch(() => undefined); // told by the signal
    }
  }
  return null;
}

const unheld = ({ hash, bundle }: PlacedRelease, trouble: string): ReplayRun => ({
  bundleHash: hash,
  disposition: "handled",
  handedOffTo: null,
  language: bundle.agent.language,
  objectives: [],
  turns: [],
  trouble,
});
