import { z } from "zod";

/** Identity of one of the two installed copies. */
export const Slot = z.enum(["blue", "green"]);
export type Slot = z.infer<typeof Slot>;

/** The other slot. */
export const otherSlot = (slot: Slot): Slot => (slot === "blue" ? "green" : "blue");

/** What a deployment's calls follow. One row, moved by compare-and-set only; generation grows by exactly 1 per move. */
export const Pointer = z.strictObject({
  /** `none` only before the first switch and after detach. */
  active: z.enum(["blue", "green", "none"]),
  /** The slot that canary steps send a share of new calls to; null outside a shift. */
  candidate: Slot.nullable(),
  /** Share of new calls for the candidate in basis points, 0–10000. */
  weightBp: z.int().min(0).max(10_000),
  /** Makes the share sticky per caller. */
  salt: z.string(),
  /** `diverted`: every new call goes to the human path at once. */
  mode: z.enum(["live", "diverted"]),
  generation: z.int().min(0),
});
export type Pointer = z.infer<typeof Pointer>;

/** Who moved the pointer. */
export const PointerCause = z.enum(["switch", "shift", "rollback", "divert", "resume", "detach"]);
export type PointerCause = z.infer<typeof PointerCause>;
