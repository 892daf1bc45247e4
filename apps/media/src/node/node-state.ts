import type { Pointer, Slot } from "@tandem/domain/slot";
import type { PointerAlarm } from "../pointer/served.ts";
import type { SpoolState } from "../spool/spool.ts";

/** What a node tells operators about itself. */
export interface NodeState {
  readonly node: string;
  /** Takes new calls. A pointer that is merely old never makes a node unready. */
  readonly isReady: boolean;
  readonly isDraining: boolean;
  readonly pointer: {
    /** Milliseconds since the pointers were last compared with the database; null before the first time. */
    readonly staleForMs: number | null;
    readonly failedPolls: number;
    /** `poll-only` when notifications do not arrive: moves are seen with the next poll. */
    readonly notices: string;
  };
  readonly deployments: readonly {
    readonly deploymentId: string;
    readonly generation: number;
    readonly active: Pointer["active"];
    readonly mode: Pointer["mode"];
    readonly isPinned: boolean;
    readonly alarm: PointerAlarm | null;
    readonly liveCalls: Readonly<Record<Slot, number>>;
  }[];
  readonly spool: SpoolState;
  readonly toolJobs: number;
}
