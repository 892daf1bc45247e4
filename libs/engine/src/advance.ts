import { AppError } from "@tandem/kernel";
import { isLive } from "@tandem/domain/rollout";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { at, type EngineContext, ENGINE_VERSION, type StageLook } from "./context.ts";
import { failureOutcome } from "./executor/failure.ts";
import { Interrupted } from "./journal.ts";
import { LeaseHolder } from "./lease-holder.ts";
import { memoryOf } from "./memory.ts";
import { OpenConnections } from "./open-connections.ts";
import { routeOf } from "./route.ts";
import type { StageOutcome, StageRun } from "./stage.ts";
import { writeTransition, type Written } from "./transition-writer.ts";

/**
 * How one call of `advance` ended: `busy` another worker holds it · `idle` nothing to do (now) · `waiting` until its due time ·
 * `lost` another worker took over · `stopped` the process ends.
 */
export type AdvanceOutcome = "busy" | "idle" | "waiting" | "lost" | "stopped";

/** Looks in a row without any progress of our own after which the run gives up and leaves it to the next sweep. */
const MOST_INTERRUPTIONS = 200;

/**
 * Claims a deployment and moves its rollout on until it waits, has ended, or the lease is lost. Safe to call at any time, from any
 * worker, any number of times. Errors of the database propagate; the next sweep tries again.
 */
export async function advance(context: EngineContext, tenantId: string, deploymentId: string): Promise<AdvanceOutcome> {
  const lease = await LeaseHolder.claim(context, tenantId, deploymentId);
  if (lease === null) return "busy";
  const connections = new OpenConnections(context, tenantId);
  try {
    await at("lease.claimed");
    return await moveOn(context, lease, connections, { tenantId, deploymentId });
  } catch (error) {
    if (isLeaseLost(error)) return "lost";
    throw error;
  } finally {
    await connections.close();
    await lease
      .release()
      .catch((error: unknown) =>
        context.log.warn({ deploymentId, err: error }, "the lease could not be released; it expires by itself"),
      );
  }
}

const isLeaseLost = (error: unknown): boolean => error instanceof AppError && error.code === "lease_lost";

async function moveOn(
  context: EngineContext,
  lease: LeaseHolder,
  connections: OpenConnections,
  subject: { readonly tenantId: string; readonly deploymentId: string },
): Promise<AdvanceOutcome> {
  for (let interruptions = 0; interruptions < MOST_INTERRUPTIONS;) {
    if (context.isStopping()) return "stopped";
    await lease.ensure(context.settings.renewMs);
    const view = await context.store.view(subject.tenantId, subject.deploymentId);
    const since = context.clock.monotonicMs(); // a view that was long on its way makes the time known late, never early: settling goes by it
    const run = view === null ? null : runOf(context, lease, connections, { view, since });
    if (run === null) return "idle";
    try {
      const written = await look(run);
      if (written === "idle") return "idle";
      if (written === "wait") return "waiting";
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      interruptions += 1;
    }
  }
  return "waiting";
}

/** Null when there is no rollout to move. */
function runOf(
  context: EngineContext,
  lease: LeaseHolder,
  connections: OpenConnections,
  seen: { readonly view: RolloutView; readonly since: number },
): StageRun | null {
  const { view, since } = seen;
  const { rollout } = view;
  if (rollout === null || !isLive(rollout)) return null;
  const bundle = view.bundles[rollout.bundleHash];
  if (bundle === undefined)
    throw new AppError("internal", "the rollout's bundle is not kept", { details: { rolloutId: rollout.id } });
  const base = Date.parse(view.now);
  return {
    context,
    lease,
    connections,
    view,
    rollout,
    memory: memoryOf(rollout),
    bundle,
    target: rollout.targetSlot,
    seen: { version: rollout.version },
    weighed: { verdict: null },
    nowMs: () => base + (context.clock.monotonicMs() - since),
  };
}

/** One look: at most one transition. */
async function look(run: StageRun): Promise<Written | "idle"> {
  const due = run.rollout.dueAt;
  if (due !== null && Date.parse(due) > run.nowMs()) return "idle";
  const startMs = run.nowMs();
  const outcome = await decide(run);
  if (outcome === null) return "idle";
  const written = await writeTransition(run, outcome);
  run.context.onLook?.(lookOf(run, outcome, startMs));
  return written;
}

function lookOf(run: StageRun, { event, reason }: StageOutcome, startMs: number): StageLook {
  const { id: rolloutId, tenantId, deploymentId, phase } = run.rollout;
  return { tenantId, deploymentId, rolloutId, phase, event, code: reason?.code ?? null, startMs, endMs: run.nowMs() };
}

async function decide(run: StageRun): Promise<StageOutcome | null> {
  try {
    return await routeOf(run, ENGINE_VERSION);
  } catch (error) {
    if (error instanceof Interrupted || isLeaseLost(error)) throw error;
    if (error instanceof AppError && error.code === "database_unavailable") throw error;
    return failureOutcome(run, error);
  }
}
