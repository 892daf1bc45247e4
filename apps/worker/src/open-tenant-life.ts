import type { OpenVendors } from "@tandem/catalog/loaders";
import type { WorkerConfig } from "@tandem/config";
import { CredentialKeeper, OffBoarder } from "@tandem/engine";
import { openCredentialWork, openOffBoardingWork } from "@tandem/store";
import type { Logger } from "@tandem/telemetry";
import { objectsOf } from "./outward/open-checkpoints.ts";

/** What keeps credentials and takes tenants off the platform. */
export interface OpenTenantLife {
  readonly credentials: CredentialKeeper;
  readonly offBoarder: OffBoarder;
  close(): Promise<void>;
}

/** Tenants that leave, and credentials that are verified, at the same time. */
const AT_ONCE = 2;

/** With doors of its own to the database. `pending` opens connections with the credential that waits to be verified. */
export function openTenantLife(
  config: WorkerConfig,
  parts: {
    readonly vendors: OpenVendors;
    readonly pending: OpenVendors;
    readonly workerId: string;
    readonly log: Logger;
  },
): OpenTenantLife {
  const { vendors, pending, workerId, log } = parts;
  const door = { url: config.databaseUrl, applicationName: "tandem-worker", maxConnections: AT_ONCE };
  const credentialWork = openCredentialWork(door);
  const offBoardingWork = openOffBoardingWork(door);
  const { callDeadlineMs, leaseMs, pointerLagMs, bakeCheckMs: checkMs } = config;
  return {
    credentials: new CredentialKeeper({
      work: credentialWork,
      vendors,
      pending,
      log,
      callDeadlineMs,
      concurrency: AT_ONCE,
    }),
    offBoarder: new OffBoarder({
      work: offBoardingWork,
      objects: config.s3Url === null ? null : objectsOf(config),
      workerId,
      log,
      leaseMs,
      pointerLagMs,
      checkMs,
      concurrency: AT_ONCE,
    }),
    close: async () => {
      await pending.close();
      await credentialWork.close();
      await offBoardingWork.close();
    },
  };
}
