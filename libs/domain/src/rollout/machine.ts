import type { Pointer } from "../slot/index.ts";
import type { MachineEvent } from "./event.ts";
import { type Phase, terminalPhases } from "./phase.ts";
import type { Rollout } from "./rollout.ts";
import { type RefusalCode, refusals, transitions } from "./transitions.ts";

/** What an event does: the phase it leads to with the phase that is held then, or why it does nothing. */
export type Transition =
  | { readonly kind: "moved"; readonly phase: Phase; readonly heldPhase: Phase | null }
  | { readonly kind: "stayed" }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly text: string };

/** Where the machine stands: the phase, and while `held` the phase it resumes. */
export type MachineState = Pick<Rollout, "phase" | "heldPhase">;

const refused = (code: RefusalCode): Transition => ({ kind: "refused", code, text: refusals[code] });

/**
 * The machine: one pure function over the table. `shifting` and `switching` are the phases with callers on either side of them: there
 * `isSwitched` (see `isSwitched`) turns a rollback into an abort, an abort into a refusal and a pause into a wish that bake respects.
 */
export function transition(state: MachineState, event: MachineEvent, isSwitched = false): Transition {
  const cell = transitions[state.phase][event];
  if (cell === "stay") return { kind: "stayed" };
  if (cell === "unhold") return resumed(state);
  if (cell === "as-held") return asHeld(state, event, isSwitched);
  if ("refuse" in cell) return refused(cell.refuse);
  if (state.phase === "switching" || state.phase === "shifting")
    return leaveWithCallers(state.phase, event, { next: cell.to, isSwitched });
  return moved(cell.to, state.phase);
}

const moved = (phase: Phase, from: Phase): Transition => ({
  kind: "moved",
  phase,
  heldPhase: phase === "held" ? from : null,
});

function resumed(state: MachineState): Transition {
  return state.heldPhase === null ? refused("not-held") : moved(state.heldPhase, "held");
}

function asHeld(state: MachineState, event: MachineEvent, isSwitched: boolean): Transition {
  if (state.heldPhase === null || state.heldPhase === "held") return refused("already-held");
  return transition({ phase: state.heldPhase, heldPhase: null }, event, isSwitched);
}

function leaveWithCallers(
  from: "shifting" | "switching",
  event: MachineEvent,
  { next, isSwitched }: { readonly next: Phase; readonly isSwitched: boolean },
): Transition {
  if (event === "abort" && isSwitched) return refused("already-switched");
  if (event === "pause" && isSwitched) return { kind: "stayed" };
  if (event === "rollback" && !isSwitched) return moved("aborting", from);
  if (event === "detach" && !isSwitched) return refused("nothing-to-detach");
  return moved(next, from);
}

/**
 * True when callers may be on the rollout's slot: its pointer is there, or a share of new calls is. The first weight above zero
 * ends abort and begins rollback (ruling 16).
 */
export const isSwitched = (rollout: Pick<Rollout, "targetSlot">, pointer: Pointer): boolean =>
  pointer.active === rollout.targetSlot || (pointer.candidate === rollout.targetSlot && pointer.weightBp > 0);

/** True while the rollout can still change something by itself or by request. */
export const isLive = (rollout: Pick<Rollout, "phase">): boolean => !terminalPhases.has(rollout.phase);
