import { sha256Hex } from "@tandem/kernel";
import type { Slot } from "@tandem/domain/slot";
import { type Served, slotRelease } from "../pointer/served.ts";
import type { DroppedCall } from "../session/caller-ledger.ts";

/** Where a caller stands between 0 and 9999: the same caller always in the same place while the salt stays. */
export const shareOf = (salt: string, caller: string): number =>
  Number.parseInt(sha256Hex(`${salt}\n${caller}`).slice(0, 8), 16) % 10_000;

/** The slot that takes a new call; null when the pointer is `none` or nothing on this node can answer. */
export function chooseSlot(served: Served, caller: string, dropped: DroppedCall | null): Slot | null {
  const { active, candidate, weightBp, salt } = served.pointer;
  if (active === "none") return null;
  if (dropped !== null && mayReturnTo(served, dropped)) return dropped.slot;
  if (candidate !== null && slotRelease(served, candidate) !== null && shareOf(salt, caller) < weightBp)
    return candidate;
  return slotRelease(served, active) === null ? null : active;
}

/**
 * A dropped caller goes on with the same release as long as its slot still holds it and it was not rolled back: a release that
 * became active after the present one was withdrawn, and nobody is sent there again.
 */
function mayReturnTo(served: Served, dropped: DroppedCall): boolean {
  const { active } = served.pointer;
  const slot = served.deployment.slots[dropped.slot];
  if (active === "none" || slot.bundleHash !== dropped.bundleHash || slotRelease(served, dropped.slot) === null)
    return false;
  if (active === dropped.slot) return true;
  if (slot.state !== "draining" && slot.state !== "active") return false;
  const present = served.activeSince[served.deployment.slots[active].bundleHash ?? ""];
  const former = served.activeSince[dropped.bundleHash];
  return present !== undefined && former !== undefined && former < present;
}
