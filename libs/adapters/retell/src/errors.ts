import type { VendorFault } from "@tandem/kernel";
import { networkFailure, retryAfterMs, type VendorFailure } from "@tandem/ports/vendor-call";
import { ZodError } from "zod";

const FAULT_OF_STATUS: Readonly<Record<number, VendorFault>> = {
  401: "unauthorized",
  402: "payment",
  403: "forbidden",
  404: "not-found",
  408: "unavailable",
  409: "conflict",
  412: "conflict",
  429: "throttled",
};

/** Retell answers 422 both for an object it does not know and for input it refuses; only the text tells them apart. */
const MISSING = /cannot find requested asset|not found/i;

/** The fault behind a status and the vendor's words. */
export function faultOf(status: number, message: string): VendorFault {
  if (status === 422 && MISSING.test(message)) return "not-found";
  return FAULT_OF_STATUS[status] ?? (status >= 500 ? "unavailable" : "invalid");
}

/** What the SDK threw → ours. Reads status, the vendor's sentence and two headers; nothing else. */
export function readFailure(error: unknown): VendorFailure {
  if (error instanceof ZodError) return contractBreach("an answer without expected members");
  if (error instanceof SyntaxError) return contractBreach("an answer that is not JSON");
  const {
    status,
    headers,
    error: body,
  } = error as { status?: unknown; headers?: Headers; error?: { message?: unknown } };
  if (typeof status !== "number") return networkFailure(error);
  const words = typeof body?.message === "string" ? body.message : `status ${status}`;
  const wait = retryAfterMs(headers?.get("retry-after"), Date.now());
  const requestId = headers?.get("x-request-id");
  return {
    fault: faultOf(status, words),
    message: words,
    hasReached: true,
    status,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(typeof requestId === "string" ? { requestId } : {}),
  };
}

const contractBreach = (message: string): VendorFailure => ({ fault: "contract", message, hasReached: true });
