import { otherSlot } from "@tandem/domain/slot";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { PlacedRelease } from "./replay-sessions.ts";

/** The live release and the one on the other slot, or why they cannot be held against each other. */
export type BothReleases =
  | { readonly before: PlacedRelease; readonly after: PlacedRelease }
  | { readonly obstacle: string };

/** Reads them out of a view. `hash` is what the other slot must hold; absent: whatever is ready there. */
export function bothReleases({ pointer, slots, bundles }: RolloutView, hash?: string): BothReleases {
  const { active } = pointer;
  if (active === "none") return { obstacle: "there is no live release whose sessions could be replayed" };
  const inactive = otherSlot(active);
  const hashes = { before: slots[active].bundleHash, after: hash ?? slots[inactive].readyBundleHash };
  const [before, after] = [bundles[hashes.before ?? ""], bundles[hashes.after ?? ""]];
  if (before === undefined || hashes.before === null) return { obstacle: "the live release is not kept" };
  if (after === undefined || hashes.after === null) return { obstacle: `slot ${inactive} holds no release` };
  const isVendors = [before, after].some(({ agent }) => agent.kind === "retell-llm");
  if (isVendors)
    return {
      obstacle: "not replayable: the agent vendor's own model speaks, and it cannot be asked for a call as text",
    };
  return {
    before: { slot: active, hash: hashes.before, bundle: before },
    after: { slot: inactive, hash: hashes.after, bundle: after },
  };
}
