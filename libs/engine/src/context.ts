import { type Clock, fault, type NewId, type Rng } from "@tandem/kernel";
import type { IngressProbe } from "@tandem/ports/ingress-probe";
import type { CommandStore, RolloutStore } from "@tandem/ports/store/rollouts";
import type { Vendors } from "@tandem/ports/vendors";
import type { FaultPoint } from "./fault-points.ts";
import type { EngineSettings } from "./settings.ts";

/** Where the engine tells what happens inside: names, ids and codes, never contents. A pino logger fits. */
export interface EngineLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** One look at a rollout that came to something. */
export interface StageLook {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly rolloutId: string;
  readonly phase: string;
  /** What the stage answered. */
  readonly event: string;
  /** Code of the reason; null when there is none. */
  readonly code: string | null;
  /** Epoch milliseconds of the database. */
  readonly startMs: number;
  readonly endMs: number;
}

/** What every part of the engine works with. */
export interface EngineContext {
  readonly store: RolloutStore;
  readonly commands: CommandStore;
  readonly vendors: Vendors;
  readonly ingress: IngressProbe;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly newId: NewId;
  readonly installKey: string;
  readonly workerId: string;
  readonly settings: EngineSettings;
  readonly log: EngineLog;
  /** Told of each look after it; must not throw. */
  readonly onLook?: (look: StageLook) => void;
  /** True once the process was told to end: no new intent is written then. */
  isStopping(): boolean;
}

/** Marks a journal boundary; only names of the list are accepted. */
export const at = (point: FaultPoint): void | Promise<void> => fault(point);

/** Who the engine is in audit rows. */
export const WORKER = { actor: "system:worker", via: "worker" } as const;

/** Written to new rollouts; a worker refuses rollouts of a later major version. Grows when an earlier engine must not go on with them. */
export const ENGINE_VERSION = "2";
