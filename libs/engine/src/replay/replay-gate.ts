import { notReplayable, type ReplayPolicy, type ReplayReport } from "@tandem/domain/replay";
import { WORKER } from "../context.ts";
import { holdLease } from "../smoke/hold-calls.ts";
import type { StageOutcome, StageRun } from "../stage.ts";
import { bothReleases } from "./both-releases.ts";
import { replaySessions } from "./replay-sessions.ts";

/**
 * What the gate of past sessions says before callers come to a release: null lets it through. Replays once and keeps the report with the
 * rollout; from then on the report answers. Throws `lease_lost`, and `Interrupted` when somebody wants another way.
 */
export async function replayGate(run: StageRun): Promise<StageOutcome | null> {
  const policy = run.rollout.policy.replay;
  if (policy === undefined || policy.gate === "off") return null;
  const { replay } = run.memory;
  if (replay === undefined) return isTold(run) ? reported(await replayed(run, policy), run) : told(policy);
  const isShut = policy.gate === "hold" && replay.verdict === "differs";
  return isShut ? { event: "hold", reason: { code: "replay-differs", detail: replay.detail } } : null;
}

const isTold = ({ rollout }: StageRun): boolean => rollout.reason?.code === "replaying";

/** Says what is going on before it takes its time. */
const told = ({ sessions }: ReplayPolicy): StageOutcome => ({
  event: "wait",
  reason: { code: "replaying", detail: `${sessions} at most` },
});

async function replayed(run: StageRun, policy: ReplayPolicy): Promise<ReplayReport> {
  const { rollout, view, context } = run;
  const releases = bothReleases(view, rollout.bundleHash);
  if ("obstacle" in releases) return notReplayable("", rollout.bundleHash, releases.obstacle);
  const { tenantId, deploymentId, id: replayId } = rollout;
  const [stop, finished] = [new AbortController(), new AbortController()];
  const holding = holdLease(run, finished.signal);
  const work = replaySessions(context, { tenantId, deploymentId, replayId, policy, ...releases }, stop.signal);
  try {
    return await Promise.race([work, holding]);
  } finally {
    stop.abort();
    await work.catch(() => undefined); // told by the race, or of no interest to whoever goes another way
    finished.abort();
    await holding.catch(() => undefined); // told by the race already, or the work has ended
  }
}

/** The report goes into memory, timeline and audit; the next look reads it. */
const reported = (report: ReplayReport, run: StageRun): StageOutcome => ({
  event: "wait",
  memory: { replay: report },
  write: async (transaction) => {
    await transaction.appendEvent({ type: "replay-reported", payload: { ...report } });
    await transaction.audit({
      ...WORKER,
      action: "replay.reported",
      object: `rollout/${run.rollout.id}`,
      after: { ...report },
    });
    return undefined;
  },
});
