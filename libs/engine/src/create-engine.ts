import { type Clock, type NewId, type Rng, systemRng } from "@tandem/kernel";
import type { IngressProbe } from "@tandem/ports/ingress-probe";
import type { CommandStore, RolloutStore } from "@tandem/ports/store/rollouts";
import type { Vendors } from "@tandem/ports/vendors";
import { advance, type AdvanceOutcome } from "./advance.ts";
import { lookForDrift } from "./commands/drift.ts";
import { runReplay } from "./commands/replay.ts";
import { runCommands } from "./commands/run-commands.ts";
import type { EngineContext, EngineLog, StageLook } from "./context.ts";
import { completeSettings, type EngineSettings } from "./settings.ts";
import { isFull, sweepOnce, sweepPauseMs, type SweepReport, type WorkCounts } from "./sweep.ts";

/** What an engine is made of. */
export interface EngineDependencies {
  readonly store: RolloutStore;
  readonly commands: CommandStore;
  readonly vendors: Vendors;
  readonly ingress: IngressProbe;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Key of this installation under which external keys are made. */
  readonly installKey: string;
  /** Name of this worker in leases; a random one when absent. */
  readonly workerId?: string;
  readonly settings: Partial<EngineSettings>;
  readonly log: EngineLog;
  /** Told of each look that came to something, after it; must not throw. */
  readonly onLook?: (look: StageLook) => void;
  /** For jitter only. */
  readonly rng?: Rng;
}

/** One worker's engine. */
export interface Engine {
  /** Moves one deployment on: what a doorbell calls. */
  advance(tenantId: string, deploymentId: string): Promise<AdvanceOutcome>;
  /** Finds due work and does it. */
  sweepOnce(): Promise<SweepReport>;
  /** Takes up commands of the API; answers how many. */
  runCommands(): Promise<number>;
  /** Looks for drift where a look is due; answers at how many deployments. */
  lookForDrift(): Promise<number>;
  /** Does one replay that somebody asked for; answers how many it did. */
  runReplay(): Promise<number>;
  /** Sweeps and takes up commands with a jittered pause until `stop`. Never rejects: a database that is away is tried again. */
  run(): Promise<void>;
  /** Work found by sweep and by doorbell since the start. */
  counts(): Readonly<WorkCounts>;
  /** No new intent from now on; resolves when everything in progress has ended or given up its lease. */
  stop(): Promise<void>;
}

/** Makes an engine. Throws `config_invalid` for settings that cannot hold. */
export function createEngine(dependencies: EngineDependencies): Engine {
  const { settings, workerId, rng, ...rest } = dependencies;
  const stopping = new AbortController();
  const context: EngineContext = {
    ...rest,
    settings: completeSettings(settings),
    workerId: workerId ?? dependencies.newId(),
    rng: rng ?? systemRng,
    isStopping: () => stopping.signal.aborted,
  };
  const counts: WorkCounts = { sweepFound: 0, doorbellFound: 0 };
  const inProgress = new Set<Promise<unknown>>();
  const track = <Result>(work: Promise<Result>): Promise<Result> => {
    const forget = () => void inProgress.delete(work);
    inProgress.add(work);
    work.then(forget, forget);
    return work;
  };
  const engine: Engine = {
    advance: (tenantId, deploymentId) => track(rung(context, counts, { tenantId, deploymentId })),
    sweepOnce: () => track(sweepOnce(context, counts)),
    runCommands: () => track(runCommands(context, track)),
    lookForDrift: () => track(lookForDrift(context)),
    runReplay: () => track(runReplay(context)),
    run: () => loop(context, engine, stopping.signal),
    counts: () => ({ ...counts }),
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(inProgress);
    },
  };
  return engine;
}

async function rung(
  context: EngineContext,
  counts: WorkCounts,
  subject: { readonly tenantId: string; readonly deploymentId: string },
): Promise<AdvanceOutcome> {
  const outcome = await advance(context, subject.tenantId, subject.deploymentId);
  if (outcome !== "busy" && outcome !== "idle") counts.doorbellFound += 1;
  return outcome;
}

async function loop(context: EngineContext, engine: Engine, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const ended = await Promise.allSettled([engine.sweepOnce(), engine.runCommands()]);
    for (const result of ended)
      if (result.status === "rejected")
        context.log.error({ err: result.reason as unknown }, "a sweep failed; it is tried again");
    const [sweep] = ended;
    if (sweep.status === "fulfilled" && isFull(context, sweep.value)) continue;
    try {
      await context.clock.sleep(sweepPauseMs(context), signal);
    } catch {
      return;
    }
  }
}
