import { advance } from "./advance.ts";
import type { EngineContext } from "./context.ts";

/** What one sweep found. */
export interface SweepReport {
  /** Deployments with due work. */
  readonly found: number;
  /** Of them, those that this worker took up. */
  readonly advanced: number;
  readonly failed: number;
}

/** How much work came by which way since the start: work that only the sweep finds means that the queue is broken. */
export interface WorkCounts {
  sweepFound: number;
  doorbellFound: number;
}

/** Finds due work and does it, `concurrency` at a time. Never throws: what fails is found again. */
export async function sweepOnce(context: EngineContext, counts: WorkCounts): Promise<SweepReport> {
  await beginWaiting(context);
  const due = [...(await context.store.findDue(context.settings.sweepLimit))];
  const found = due.length;
  let advanced = 0;
  let failed = 0;
  const take = async (): Promise<void> => {
    for (let next = due.shift(); next !== undefined && !context.isStopping(); next = due.shift()) {
      try {
        const outcome = await advance(context, next.tenantId, next.deploymentId);
        if (outcome === "busy" || outcome === "idle") continue;
        advanced += 1;
        counts.sweepFound += 1;
      } catch (error) {
        failed += 1;
        context.log.error(
          { deploymentId: next.deploymentId, err: error },
          "a deployment could not be advanced; the next sweep tries again",
        );
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(found, context.settings.concurrency) }, take));
  return { found, advanced, failed };
}

/** True when there is probably more to do, and this worker could do some of what it found: the next sweep need not wait. */
export const isFull = (context: EngineContext, { found, advanced }: SweepReport): boolean =>
  found >= context.settings.sweepLimit && advanced > 0;

/** Begins rollouts that waited for another to end. What fails here must not keep the sweep from the rest of its work. */
async function beginWaiting(context: EngineContext): Promise<void> {
  try {
    await context.store.startWaiting(context.settings.sweepLimit);
  } catch (error) {
    context.log.error({ err: error }, "a waiting rollout could not begin; the next sweep tries again");
  }
}

/** A pause around the sweep interval, spread by a quarter to either side so that workers do not sweep in step. */
export function sweepPauseMs(context: EngineContext): number {
  const spread = (context.rng.bytes(1)[0] ?? 0) / 255;
  return Math.round(context.settings.sweepIntervalMs * (0.75 + spread / 2));
}
