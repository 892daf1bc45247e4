import { AppError } from "@tandem/kernel";

/** Times of the engine, milliseconds. All are configuration; tests run them at a second or less. */
export interface EngineSettings {
  /** How long a claim on a deployment lasts by database time. */
  readonly leaseMs: number;
  /** Renew when less than this much of the lease is left; at most two thirds of `leaseMs`. */
  readonly renewMs: number;
  /** Total deadline of one vendor call, as the connections are opened with. */
  readonly callDeadlineMs: number;
  /** Longest pause between the intent's commit and the start of its call; beyond it the intent is written anew. */
  readonly callStartMs: number;
  /** Upper bound on the settle time that adapters declare. Lower it in tests only. */
  readonly settleCapMs: number;
  /** Mean pause between two sweeps of one worker. */
  readonly sweepIntervalMs: number;
  /** Deployments taken up per sweep. */
  readonly sweepLimit: number;
  /** Deployments that one worker moves at the same time. */
  readonly concurrency: number;
  /** How often both slots are verified during bake, and how often a draining slot is looked at. */
  readonly bakeCheckMs: number;
  /** Longest time in which a media node may still answer on a slot that the pointer has left, and in which its call is counted. */
  readonly pointerLagMs: number;
  /** A media node that has told of no look at the pointers for this long counts as gone: nobody waits for it any more. */
  readonly nodeGoneMs: number;
  /** First back-off after a vendor failure; doubles up to `backoffCapMs`. */
  readonly backoffMs: number;
  readonly backoffCapMs: number;
  /** Failures in a row after which the rollout is held. */
  readonly retryLimit: number;
  /** How long a vendor observation stays good enough to start writing on. */
  readonly observationMs: number;
  /** A credential that ends within this time warns. */
  readonly credentialWarningMs: number;
  /** Answers of each provider of the chains that preflight times, after the first. */
  readonly providerSamples: number;
  /** Reads of each account that preflight times; 0: none. */
  readonly vendorSamples: number;
  /** How often each deployment is looked at for drift, give or take a tenth; 0: only when somebody asks. */
  readonly driftLookMs: number;
  /** How long the smoke test waits for the media service to see the slot. */
  readonly smokePatienceMs: number;
  /** Smoke calls of one rollout at the same time. */
  readonly smokeCalls: number;
  /** Longest smoke call. */
  readonly smokeCallMs: number;
  /** Added to the latency target of a release: what the machine of the smoke test adds to each answer. */
  readonly smokeSlackMs: number;
}

export const defaultSettings: EngineSettings = {
  leaseMs: 15_000,
  renewMs: 5000,
  callDeadlineMs: 10_000,
  callStartMs: 1000,
  settleCapMs: 120_000,
  sweepIntervalMs: 5000,
  sweepLimit: 20,
  concurrency: 8,
  bakeCheckMs: 15_000,
  pointerLagMs: 5000,
  nodeGoneMs: 3_600_000,
  backoffMs: 1000,
  backoffCapMs: 60_000,
  retryLimit: 6,
  observationMs: 60_000,
  credentialWarningMs: 14 * 86_400_000,
  providerSamples: 20,
  vendorSamples: 0,
  driftLookMs: 0,
  smokePatienceMs: 10_000,
  smokeCalls: 4,
  smokeCallMs: 300_000,
  smokeSlackMs: 0,
};

/** Fills in the defaults. Throws `config_invalid` when a vendor call could outlive the lease. */
export function completeSettings(given: Partial<EngineSettings>): EngineSettings {
  const settings = { ...defaultSettings, ...given };
  if (settings.callDeadlineMs + settings.callStartMs >= settings.leaseMs) {
    throw new AppError(
      "config_invalid",
      "leaseMs must be longer than callDeadlineMs and callStartMs together: a vendor call must not outlive the lease.",
      {
        details: {
          leaseMs: settings.leaseMs,
          callDeadlineMs: settings.callDeadlineMs,
          callStartMs: settings.callStartMs,
        },
      },
    );
  }
  return settings;
}
