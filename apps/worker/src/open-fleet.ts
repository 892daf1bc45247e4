import { descriptors } from "@tandem/catalog";
import { carriers } from "@tandem/catalog/inbound";
import type { WorkerConfig } from "@tandem/config";
import { FleetRunner, type FleetRunnerOptions, memberCompiler } from "@tandem/engine";
import { type OpenFleetWork, openFleetWork } from "@tandem/store";
import type { Logger } from "@tandem/telemetry";

/** Members begun at the same time; each is a few short transactions. */
const AT_ONCE = 4;

/** What moves fleet rollouts on, with its own door to the database. */
export function openFleet(
  config: WorkerConfig,
  { workerId, log, ring }: Pick<FleetRunnerOptions, "workerId" | "ring"> & { readonly log: Logger },
): { readonly runner: FleetRunner } & Pick<OpenFleetWork, "standings" | "close"> {
  const work = openFleetWork({ url: config.databaseUrl, applicationName: "tandem-worker", maxConnections: AT_ONCE });
  const runner = new FleetRunner({
    work,
    workerId,
    log,
    ring,
    leaseMs: config.leaseMs,
    concurrency: AT_ONCE,
    compile: memberCompiler({ descriptors, carriers }, config),
  });
  return { runner, standings: () => work.standings(), close: () => work.close() };
}
