import type { StageLook } from "@tandem/engine";
import type { FleetCount, RetentionCounts } from "@tandem/store";
import { MetricSet } from "@tandem/telemetry";

const STAGE_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180];

/** Every metric of a worker; `docs/metrics.md` tells each one's alarm. */
export const workerMetricCatalog = {
  counters: {
    stage_looks: {
      help: "Looks at rollouts that came to something, by phase and what the stage answered.",
      labels: ["phase", "event"],
    },
    stage_reasons: {
      help: "Why rollouts did not simply go on: gates, holds, retries, failures.",
      labels: ["phase", "code"],
    },
    work_found: { help: "Deployments taken up, by who found them.", labels: ["by"] },
    retention_removed: { help: "Words and callers taken out when their days were over.", labels: ["what"] },
  },
  gauges: {
    available: { help: "1 when the database answers: the worker can take up rollouts." },
    rollouts: { help: "Rollouts in progress, of every tenant, by phase.", labels: ["phase"] },
    fleet_rollouts: { help: "Fleet rollouts in progress, by state and why they stand.", labels: ["state", "code"] },
    resident_memory_bytes: { help: "Memory of the process." },
    uptime_seconds: { help: "Since the process began." },
  },
  histograms: {
    stage_seconds: { help: "How long one look at a rollout took.", labels: ["phase"], buckets: STAGE_SECONDS },
  },
} as const;

/** What a scrape asks for. */
export interface WorkerReadings {
  readonly ping: () => Promise<boolean>;
  readonly livePhases: () => Promise<readonly { readonly phase: string; readonly rollouts: number }[]>;
  readonly fleetStandings: () => Promise<readonly FleetCount[]>;
  readonly counts: () => { readonly sweepFound: number; readonly doorbellFound: number };
}

/** Counts and times of one worker. */
export class WorkerMetrics {
  readonly #set = new MetricSet("tandem_worker", workerMetricCatalog);
  #found = { sweepFound: 0, doorbellFound: 0 };

  get contentType(): string {
    return this.#set.contentType;
  }

  look({ phase, event, code, startMs, endMs }: StageLook): void {
    this.#set.count("stage_looks", { phase, event });
    if (code !== null) this.#set.count("stage_reasons", { phase, code });
    this.#set.observe("stage_seconds", Math.max(0, endMs - startMs) / 1000, { phase });
  }

  removed(counts: readonly RetentionCounts[]): void {
    for (const { texts, callers, callBacks } of counts) {
      this.#set.count("retention_removed", { what: "texts" }, texts);
      this.#set.count("retention_removed", { what: "callers" }, callers);
      this.#set.count("retention_removed", { what: "call-backs" }, callBacks);
    }
  }

  async text({ ping, livePhases, fleetStandings, counts }: WorkerReadings): Promise<string> {
    const isAvailable = await ping();
    this.#set.set("available", isAvailable ? 1 : 0);
    this.#set.set("resident_memory_bytes", process.memoryUsage.rss());
    this.#set.set("uptime_seconds", process.uptime());
    const { sweepFound, doorbellFound } = counts();
    this.#set.count("work_found", { by: "sweep" }, sweepFound - this.#found.sweepFound);
    this.#set.count("work_found", { by: "doorbell" }, doorbellFound - this.#found.doorbellFound);
    this.#found = { sweepFound, doorbellFound };
    this.#set.reset("rollouts");
    this.#set.reset("fleet_rollouts");
    if (isAvailable) {
      for (const { phase, rollouts } of await livePhases()) this.#set.set("rollouts", rollouts, { phase });
      for (const { state, code, fleets } of await fleetStandings())
        this.#set.set("fleet_rollouts", fleets, { state, code });
    }
    return this.#set.text();
  }
}
