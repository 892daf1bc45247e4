import { VendorError } from "@tandem/kernel";
import type { SeededRng } from "../time/seeded-rng.ts";

/** How the in-memory vendors misbehave: shares of calls and milliseconds. */
export interface FaultRates {
  /** Answered 429, not processed. */
  readonly throttled: number;
  /** Answered 5xx although it was processed. */
  readonly errorAfterEffect: number;
  /** Processed, but the answer never came. */
  readonly lostResponse: number;
  /** The answer never came, and it is processed only later. */
  readonly late: number;
  /** Neither answered nor processed. */
  readonly dropped: number;
  /** Answered only shortly before the deadline. */
  readonly slow: number;
  /** Processed, but the answer breaks off in the middle. */
  readonly truncated: number;
  /** Share of listings that hold less than there is, and say so. */
  readonly partial: number;
  /** Longest late processing. */
  readonly lateMs: number;
  /** How far listings lag behind. */
  readonly listLagMs: number;
}

export const noFaults: FaultRates = {
  throttled: 0,
  errorAfterEffect: 0,
  lostResponse: 0,
  late: 0,
  dropped: 0,
  slow: 0,
  truncated: 0,
  partial: 0,
  lateMs: 0,
  listLagMs: 0,
};

/** The rates of the ablation in the design: hostile, yet every call is processed or not within the declared settle time. */
export const hostileFaults: FaultRates = {
  throttled: 0.05,
  errorAfterEffect: 0.08,
  lostResponse: 0.08,
  late: 0.08,
  dropped: 0.05,
  slow: 0.03,
  truncated: 0.005,
  partial: 0.1,
  lateMs: 1500,
  listLagMs: 2000,
};

/** What becomes of one call. */
export type Fate =
  | "fine"
  | "throttled"
  | "error-after-effect"
  | "lost-response"
  | "late"
  | "dropped"
  | "slow"
  | "truncated";

/** Draws a fate. Reads are throttled, lost, cut off or slow, but never half done. */
export function fateOf(rng: SeededRng, rates: FaultRates, isWrite: boolean): Fate {
  const drawn = rng.next();
  let edge = rates.throttled;
  if (drawn < edge) return "throttled";
  edge += rates.dropped;
  if (drawn < edge) return "dropped";
  edge += rates.slow;
  if (drawn < edge) return "slow";
  edge += rates.truncated;
  if (drawn < edge) return "truncated";
  if (!isWrite) return "fine";
  edge += rates.errorAfterEffect;
  if (drawn < edge) return "error-after-effect";
  edge += rates.lostResponse;
  if (drawn < edge) return "lost-response";
  return drawn < edge + rates.late ? "late" : "fine";
}

/** The error that a fate ends in, as an adapter would classify it. `cause`: what the vendor's library threw. */
export function errorOf(
  fate: Exclude<Fate, "fine" | "slow">,
  operation: { readonly name: string; readonly isWrite: boolean },
  cause?: Error,
): VendorError {
  const facts = {
    vendor: "memory",
    operation: operation.name,
    effect: operation.isWrite ? "unknown" : "none",
  } as const;
  if (fate === "throttled")
    return new VendorError(
      "slow down",
      { ...facts, fault: "throttled", effect: "none", status: 429, retryAfterMs: 500 },
      cause,
    );
  if (fate === "truncated") return new VendorError("half an answer", { ...facts, fault: "contract" }, cause);
  const status = fate === "error-after-effect" ? { status: 500 } : {};
  return new VendorError("no proper answer", { ...facts, ...status, fault: "unavailable" }, cause);
}
