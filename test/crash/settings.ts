import type { EngineSettings } from "@tandem/engine";

/** Times of the engine in the crash matrix: a dead worker's lease runs out in little more than a second, vendors settle at once. */
export const engineSettings: Partial<EngineSettings> = {
  leaseMs: 1200,
  renewMs: 400,
  callDeadlineMs: 400,
  callStartMs: 200,
  settleCapMs: 200,
  bakeCheckMs: 1000,
  pointerLagMs: 50,
  backoffMs: 20,
  backoffCapMs: 200,
  observationMs: 30_000,
  smokePatienceMs: 2000,
};

/** A request that has been under way for longer than this is never processed: what the settle time counts on. */
export const LATEST_MS = 380;
