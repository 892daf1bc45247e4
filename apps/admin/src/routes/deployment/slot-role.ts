import type { Slot } from "../../ui/slot-badge.tsx";
import type { Tone } from "../../ui/tone.ts";
import type { Deployment } from "./use-deployment.ts";

/** What a slot is to callers now. */
export interface SlotRole {
  readonly word: "active" | "canary" | "draining" | "inactive" | "empty";
  readonly tone: Tone;
  /** The same in a sentence. */
  readonly meaning: string;
  /** Share of new calls, basis points. */
  readonly shareBp: number;
}

export function slotRole({ pointer, slots }: Pick<Deployment, "pointer" | "slots">, slot: Slot): SlotRole {
  const { state, liveCalls, bundleHash } = slots[slot];
  const shareBp = shareOf(pointer, slot);
  if (pointer.active === slot)
    return { word: "active", tone: "good", meaning: "New calls are answered here.", shareBp };
  if (pointer.candidate === slot)
    return { word: "canary", tone: "busy", meaning: "A share of new calls is answered here.", shareBp };
  if (state === "draining" || liveCalls > 0)
    return { word: "draining", tone: "busy", meaning: "No new calls; those in progress go on to the end.", shareBp };
  if (state === "empty" || bundleHash === null)
    return { word: "empty", tone: "neutral", meaning: "Nothing is installed here.", shareBp };
  return { word: "inactive", tone: "neutral", meaning: "Installed, without calls.", shareBp };
}

/** Share of new calls that a slot answers, basis points; nothing while people answer. */
export function shareOf({ active, candidate, weightBp, mode }: Deployment["pointer"], slot: Slot): number {
  if (mode === "diverted") return 0;
  if (candidate === slot) return weightBp;
  if (active !== slot) return 0;
  return candidate === null ? 10_000 : 10_000 - weightBp;
}
