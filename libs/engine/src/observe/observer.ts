import type { StageRun } from "../stage.ts";
import type { Observer } from "./read-objects.ts";

/** Reads under a run's lease. */
export const observerOf = (run: StageRun): Observer => ({
  context: run.context,
  connections: run.connections,
  beforeCall: () => run.lease.ensure(run.context.settings.callDeadlineMs),
});
