import type { Json } from "./json.ts";
import { type ErrorCode, errorCatalog, type ErrorKind } from "./error-catalog.ts";

/** Whether a failed vendor call may have changed something at the vendor. */
export type Effect = "none" | "applied" | "unknown";

/** The one root of our errors. `details` are safe to show; secrets and personal data never enter them. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  readonly details: { readonly [name: string]: Json };

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: { readonly [name: string]: Json }; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.kind = errorCatalog[code].kind;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** What went wrong at a vendor, in our terms. */
export type VendorFault =
  | "throttled" // 429 and its look-alikes: known unprocessed
  | "unauthorized" // 401/403: the credential is bad or revoked
  | "forbidden" // a scope or permission is missing
  | "not-found"
  | "conflict" // already exists / version mismatch
  | "invalid" // the vendor refused our input
  | "payment" // the account must pay first
  | "unavailable" // 5xx, connection, timeout
  | "contract"; // an answer that its own contract does not allow

export interface VendorErrorFacts {
  readonly vendor: string;
  /** Port method or HTTP operation, e.g. `create voice-agent.agent`. */
  readonly operation: string;
  readonly fault: VendorFault;
  readonly effect: Effect;
  readonly status?: number;
  readonly vendorCode?: string;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}

/** A vendor call that did not do what was asked. Carries no header, body or credential of the request. */
export class VendorError extends AppError {
  readonly facts: VendorErrorFacts;

  constructor(message: string, facts: VendorErrorFacts, cause?: unknown) {
    super(`vendor_${facts.fault.replaceAll("-", "_")}` as ErrorCode, message, {
      retryable: facts.fault === "throttled" || facts.fault === "unavailable",
      details: { ...facts },
      cause,
    });
    this.name = "VendorError";
    this.facts = facts;
  }
}
