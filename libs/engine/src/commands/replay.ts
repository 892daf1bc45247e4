import { AppError } from "@tandem/kernel";
import { notReplayable, type ReplayReport } from "@tandem/domain/replay";
import type { AskedReplay } from "@tandem/ports/store/replays";
import type { EngineContext } from "../context.ts";
import { bothReleases } from "../replay/both-releases.ts";
import { replaySessions } from "../replay/replay-sessions.ts";

/** A claim is renewed three times while it lasts: it outlives a pause of this process, and a worker that dies is followed soon. */
const CLAIM_MS = 60_000;

/** Does one replay that somebody asked for; answers how many it did. */
export async function runReplay(context: EngineContext): Promise<number> {
  if (context.isStopping()) return 0;
  const asked = await context.store.replays.claimReplay(CLAIM_MS);
  if (asked === null) return 0;
  const stop = new AbortController();
  const renewing = renew(context, asked, stop);
  try {
    const report = await replayAsked(context, asked, stop.signal);
    // A process that ends leaves the rest to the next one.
    if (!stop.signal.aborted) await context.store.replays.finishReplay(asked, report);
  } catch (error) {
    await failed(context, asked, error);
  } finally {
    stop.abort();
    await renewing;
  }
  return 1;
}

async function replayAsked(
  context: EngineContext,
  { tenantId, deploymentId, id: replayId, policy }: AskedReplay,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const view = await context.store.view(tenantId, deploymentId);
  if (view === null) throw new AppError("not_found", "The deployment is gone.");
  const releases = bothReleases(view);
  if ("obstacle" in releases) return notReplayable("", "", releases.obstacle);
  return replaySessions(context, { tenantId, deploymentId, replayId, policy, ...releases }, signal);
}

/** Until it is told to stop; stops the work itself when this process ends. */
async function renew(context: EngineContext, asked: AskedReplay, stop: AbortController): Promise<void> {
  const pauseMs = CLAIM_MS / 30;
  for (let pauses = 1; !stop.signal.aborted; pauses += 1) {
    await context.clock.sleep(pauseMs, stop.signal).catch(() => undefined); // stopped
    if (context.isStopping()) stop.abort();
    if (stop.signal.aborted || pauses % 10 !== 0) continue;
    await context.store.replays.renewReplay(asked, CLAIM_MS).catch((error: unknown) => {
      context.log.warn({ replayId: asked.id, err: error }, "the claim on a replay could not be renewed");
    });
  }
}

async function failed(context: EngineContext, asked: AskedReplay, error: unknown): Promise<void> {
  if (error instanceof AppError && error.code === "database_unavailable") throw error; // its claim expires, and it is taken up again
  context.log.error({ replayId: asked.id, err: error }, "a replay failed");
  const failure = error instanceof AppError ? error.message : "unexpected error; see the log";
  await context.store.replays.finishReplay(asked, { failure });
}
