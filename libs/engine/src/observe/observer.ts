import type { EngineContext } from "../context.ts";
import type { OpenConnections } from "../open-connections.ts";
import type { StageRun } from "../stage.ts";

/** What reading needs; `beforeCall` renews a lease where there is one. */
export interface Observer {
  readonly context: EngineContext;
  readonly connections: OpenConnections;
  readonly beforeCall: () => Promise<void>;
}

/** Reads under a run's lease. */
export const observerOf = (run: StageRun): Observer => ({
  context: run.context,
  connections: run.connections,
  beforeCall: () => run.lease.ensure(run.context.settings.callDeadlineMs),
});
