import { VendorError, type VendorFault } from "@tandem/kernel";

/** True for the vendor's 404 and 410: the object is not there (any more). */
export const isGone = (error: unknown): boolean => error instanceof VendorError && error.facts.fault === "not-found";

/** True for the vendor's 409 and 412: it exists already, or it changed in between. */
export const isConflict = (error: unknown): boolean => error instanceof VendorError && error.facts.fault === "conflict";

/** A refusal of ours: nothing was written. */
export const refusal = (operation: string, fault: VendorFault, message: string): VendorError =>
  new VendorError(`google ${operation}: ${message}`, { vendor: "google", operation, fault, effect: "none" });
