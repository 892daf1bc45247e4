import { AppError, VendorError, type VendorFault } from "@tandem/kernel";
import type { ReasonCode } from "@tandem/domain/rollout";
import type { EngineSettings } from "../settings.ts";
import type { StageOutcome, StageRun } from "../stage.ts";

/** Failures that no waiting mends, and what they are held for (fault matrix rows 17, 18). */
const HELD_FAULTS: Partial<Record<VendorFault, ReasonCode>> = {
  unauthorized: "credential-refused",
  forbidden: "permission-missing",
  payment: "account-payment",
  invalid: "vendor-invalid",
  conflict: "vendor-conflict",
  contract: "vendor-contract",
  "not-found": "object-missing",
};

/** Pause before try number `failures + 1`: doubles, is capped, and is spread by up to a quarter so that workers do not march in step. */
export function backoffMs(settings: EngineSettings, failures: number, spread: number): number {
  const base = Math.min(settings.backoffMs * 2 ** Math.max(0, failures - 1), settings.backoffCapMs);
  return Math.round(base * (1 + spread / 4));
}

/** A number in [0, 1) from the engine's randomness. */
export const spreadOf = (run: Pick<StageRun, "context">): number => (run.context.rng.bytes(1)[0] ?? 0) / 256;

/** What a person reads about a vendor error: our words and the vendor's codes, never its message. */
export function describeVendorError(error: VendorError): string {
  const { vendor, operation, fault, status, vendorCode, requestId } = error.facts;
  const parts = [
    `${vendor}: ${operation}: ${fault}`,
    status === undefined ? "" : `status ${status}`,
    vendorCode === undefined ? "" : `code ${vendorCode}`,
    requestId === undefined ? "" : `request ${requestId}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** The hold for a failure that waiting does not mend; null when waiting may. */
export function heldFault(error: VendorError): StageOutcome | null {
  const code = HELD_FAULTS[error.facts.fault];
  return code === undefined ? null : { event: "vendor-failure", reason: { code, detail: describeVendorError(error) } };
}

/**
 * What a stage does about an error of a read (nothing can have changed): wait as the vendor asks, back off, or hold. Errors that are
 * not the world's doing are answered with a hold that names the rollout's log.
 */
export function failureOutcome(run: StageRun, error: unknown): StageOutcome {
  if (error instanceof VendorError) return vendorOutcome(run, error);
  if (error instanceof AppError && error.code === "connection_unsealed")
    return { event: "vendor-failure", reason: { code: "credential-unsealed", detail: error.message } };
  if (error instanceof AppError && error.code === "not_found")
    return { event: "hold", reason: { code: "engine-error", detail: error.message } };
  run.context.log.error({ rolloutId: run.rollout.id, phase: run.rollout.phase, err: error }, "a stage failed");
  return {
    event: "hold",
    reason: {
      code: "engine-error",
      detail: error instanceof AppError ? error.message : "unexpected error; see the log",
    },
  };
}

function vendorOutcome(run: StageRun, error: VendorError): StageOutcome {
  const { settings } = run.context;
  const detail = describeVendorError(error);
  if (error.facts.fault === "throttled") {
    const dueInMs = error.facts.retryAfterMs ?? backoffMs(settings, 1, spreadOf(run));
    return { event: "wait", reason: { code: "vendor-throttled", detail }, dueInMs: Math.max(1, dueInMs) };
  }
  const held = heldFault(error);
  if (held !== null) return held;
  const failures = (run.memory.failures ?? 0) + 1;
  if (failures > settings.retryLimit)
    return { event: "vendor-failure", reason: { code: "vendor-unavailable", detail } };
  return {
    event: "wait",
    reason: { code: "vendor-retrying", detail },
    dueInMs: backoffMs(settings, failures, spreadOf(run)),
    memory: { failures },
  };
}
