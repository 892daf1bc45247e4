import type { Pointer, PointerCause } from "../slot/index.ts";
import { refusal, type Refusal } from "./decision.ts";

export type ModeDecision =
  | { readonly kind: "moved"; readonly pointer: Pointer; readonly cause: PointerCause; readonly auditAction: string }
  | Refusal;

/** Divert to human, or back (ruling 23): a pointer mode of its own, whatever a rollout is doing. Both slots stay as they are. */
export function decideMode(view: { readonly pointer: Pointer }, mode: Pointer["mode"]): ModeDecision {
  const { pointer } = view;
  if (pointer.active === "none")
    return refusal("conflict", "not-attached", "No slot takes calls yet: the carrier routes them as before.");
  if (pointer.mode === mode)
    return refusal(
      "conflict",
      "mode-unchanged",
      mode === "diverted" ? "Calls are diverted already." : "Calls go to the agent already.",
    );
  const cause = mode === "diverted" ? "divert" : "resume";
  return {
    kind: "moved",
    pointer: { ...pointer, mode, generation: pointer.generation + 1 },
    cause,
    auditAction: `pointer.${mode === "diverted" ? "diverted" : "resumed"}`,
  };
}
