import { VendorError, type VendorFault } from "@tandem/kernel";

/** A refusal of ours before anything was written. */
export const refusal = (operation: string, fault: VendorFault, message: string): VendorError =>
  new VendorError(`hubspot ${operation}: ${message}`, { vendor: "hubspot", operation, fault, effect: "none" });

/** True for the vendor's 404. */
export const isGone = (error: unknown): boolean => error instanceof VendorError && error.facts.fault === "not-found";

/** True for the vendor's 409. */
export const isConflict = (error: unknown): boolean => error instanceof VendorError && error.facts.fault === "conflict";

/** Turns "not there" into null; passes every other error on. */
export function nullWhenGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}
