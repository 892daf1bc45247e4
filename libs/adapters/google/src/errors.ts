import type { VendorFault } from "@tandem/kernel";
import { networkFailure, retryAfterMs, type VendorFailure } from "@tandem/ports/vendor-call";
import { z } from "zod";
import { WireApiError, WireTokenError } from "./wire.ts";

/** 403 reasons that mean "slower": known unprocessed, like 429. */
const THROTTLE_REASONS = new Set(["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"]);

/** The parts of gaxios' error that are read; nothing else of it (its config holds credentials) is looked at. */
interface HttpFailure {
  readonly status: number;
  readonly data: unknown;
  readonly header: (name: string) => string | null;
}

/** Reads what the SDK threw into our terms. */
export function readFailure(error: unknown): VendorFailure {
  const http = httpFailure(error);
  if (http !== null) return readHttp(http);
  if (error instanceof z.ZodError) return contract(error);
  if (error instanceof SyntaxError) return { fault: "contract", message: "the answer is not JSON", hasReached: true };
  return networkFailure(error);
}

const contract = (error: z.ZodError): VendorFailure => ({
  fault: "contract",
  message: `the answer lacks ${error.issues.map((issue) => issue.path.join(".")).join(", ")}`,
  hasReached: true,
});

function httpFailure(error: unknown): HttpFailure | null {
  if (!(error instanceof Error) || !("response" in error)) return null;
  const response = error.response as { status?: unknown; data?: unknown; headers?: { get?: unknown } } | undefined;
  if (typeof response?.status !== "number") return null;
  const headers = response.headers;
  return {
    status: response.status,
    data: response.data,
    header: (name) =>
      headers instanceof Headers || typeof headers?.get === "function" ? (headers as Headers).get(name) : null,
  };
}

function readHttp(http: HttpFailure): VendorFailure {
  const api = WireApiError.safeParse(http.data);
  const token = WireTokenError.safeParse(http.data);
  const reason = api.data?.error.errors?.[0]?.reason ?? token.data?.error;
  const delayMs = retryAfterMs(http.header("retry-after"), Date.now());
  return {
    fault: token.success ? tokenFault(http.status, token.data.error) : apiFault(http.status, reason),
    message: api.data?.error.message ?? (token.success ? tokenMessage(token.data) : `answered ${http.status}`),
    hasReached: true,
    status: http.status,
    ...(reason === undefined ? {} : { vendorCode: reason }),
    ...(delayMs === undefined ? {} : { retryAfterMs: delayMs }),
  };
}

const tokenMessage = (body: z.infer<typeof WireTokenError>): string =>
  body.error_description === undefined ? body.error : `${body.error}: ${body.error_description}`;

/** `invalid_grant`, `invalid_client`, `unauthorized_client` … all mean that the credential is refused. */
function tokenFault(status: number, code: string): VendorFault {
  if (status >= 500) return "unavailable";
  if (status === 429 || code === "rate_limit_exceeded") return "throttled";
  return code === "invalid_scope" ? "forbidden" : "unauthorized";
}

function apiFault(status: number, reason: string | undefined): VendorFault {
  if (status === 429) return "throttled";
  if (status === 403) return reason !== undefined && THROTTLE_REASONS.has(reason) ? "throttled" : "forbidden";
  if (status === 401) return "unauthorized";
  if (status === 402) return "payment";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409 || status === 412) return "conflict";
  if (status === 408 || status >= 500) return "unavailable";
  return status >= 400 ? "invalid" : "contract";
}
