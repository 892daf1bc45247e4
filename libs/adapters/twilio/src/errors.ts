import type { VendorFault } from "@tandem/kernel";
import { networkFailure, type VendorFailure } from "@tandem/ports/vendor-call";
import { ZodError } from "zod";

/** What the SDK threw, with the response facts that it does not carry itself. */
export class FailedExchange extends Error {
  readonly thrown: unknown;
  /** Status of the last response; undefined when none came. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(thrown: unknown, response: { status?: number; retryAfterMs?: number; requestId?: string }) {
    super("a Twilio request failed");
    this.thrown = thrown;
    this.status = response.status;
    this.retryAfterMs = response.retryAfterMs;
    this.requestId = response.requestId;
  }
}

/** Twilio's own codes that tell more than the status. */
const FAULT_OF_CODE: Readonly<Record<string, VendorFault>> = {
  20003: "unauthorized",
  20005: "payment", // the account is not active: no permission helps
  20404: "not-found",
  20429: "throttled",
  70051: "forbidden",
};

const FAULT_OF_STATUS: Readonly<Record<number, VendorFault>> = {
  401: "unauthorized",
  402: "payment",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  412: "conflict",
  429: "throttled",
};

const faultOf = (status: number, code: string | undefined): VendorFault =>
  FAULT_OF_CODE[code ?? ""] ?? FAULT_OF_STATUS[status] ?? (status >= 500 || status === 408 ? "unavailable" : "invalid");

/** Twilio's error → ours. Network errors hold the Basic credential, so nothing of them but a system code is read. */
export function readFailure(error: unknown): VendorFailure {
  if (error instanceof ZodError)
    return { fault: "contract", message: "an answer without expected members", hasReached: true };
  if (!(error instanceof FailedExchange)) return networkFailure(error);
  const { status, retryAfterMs, requestId } = error;
  if (status === undefined) return networkFailure(error.thrown);
  const facts = {
    hasReached: true,
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  if (status < 400) return { fault: "contract", message: "an answer that cannot be read", ...facts };
  const { code, message } = vendorWords(error.thrown);
  return {
    fault: faultOf(status, code),
    message: message ?? `status ${status}`,
    ...(code === undefined ? {} : { vendorCode: code }),
    ...facts,
  };
}

function vendorWords(thrown: unknown): { code?: string; message?: string } {
  const { code, message, status } = thrown as { code?: unknown; message?: unknown; status?: unknown };
  if (typeof status !== "number") return {};
  return {
    ...(typeof code === "number" || typeof code === "string" ? { code: String(code) } : {}),
    ...(typeof message === "string" ? { message } : {}),
  };
}
