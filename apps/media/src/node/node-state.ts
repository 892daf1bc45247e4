import type { NodeLoad } from "../admission/load-watch.ts";
import type { NodeParts } from "./node-parts.ts";
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
  readonly load: NodeLoad;
}

/** The state of a node's parts. Ready: the copy on disk or the database has spoken, memory has room, and the node is not draining. */
export function describeNode(
  { node, watch, served, sessions, spool, host, load }: NodeParts,
  isDraining: boolean,
): NodeState {
  const { staleForMs, failedPolls, hasLoaded } = watch.state;
  return {
    node,
    isReady: !isDraining && load.hasRoom && (hasLoaded || served.size > 0),
    isDraining,
    pointer: { staleForMs, failedPolls, notices: watch.notices },
    deployments: served.all().map(({ deployment: { deploymentId }, pointer, pin, alarm }) => ({
      deploymentId,
      generation: pointer.generation,
      active: pointer.active,
      mode: pointer.mode,
      isPinned: pin !== null,
      alarm,
      liveCalls: { blue: sessions.countOn(deploymentId, "blue"), green: sessions.countOn(deploymentId, "green") },
    })),
    spool: spool.state,
    toolJobs: host.pending,
    load: load.load,
  };
}
