import type { IncomingMessage } from "node:http";
import { isJsonObject, type VendorFault } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";
import { networkCode, networkFailure, retryAfterMs, type VendorFailure } from "@tandem/ports/vendor-call";
import { ZodError } from "zod";

const FAULT_OF_STATUS: Readonly<Record<number, VendorFault>> = {
  401: "unauthorized",
  402: "payment",
  403: "forbidden",
  404: "not-found",
  408: "unavailable",
  409: "conflict",
  429: "throttled",
  /** Groq: the tier's capacity is used up. */
  498: "throttled",
};

/** Words of the services' error codes and types that tell more than the status. */
const FAULT_OF_CODE: Readonly<Record<string, VendorFault>> = {
  insufficient_quota: "payment",
  billing_hard_limit_reached: "payment",
  invalid_api_key: "unauthorized",
  authentication_error: "unauthorized",
  permission_denied: "forbidden",
  model_not_found: "not-found",
  rate_limit_exceeded: "throttled",
  rate_limit_error: "throttled",
  requests: "throttled",
  tokens: "throttled",
  invalid_request_error: "invalid",
};

/** What an error body says of itself: two names, never its sentence (which may quote the caller or the key). */
interface ErrorWords {
  readonly code: string | undefined;
  readonly type: string | undefined;
  /** Some services put the status they would have answered with into the stream. */
  readonly status: number | undefined;
}

const NAME = /^[a-z][a-z_]{1,40}$/u;
const nameOf = (value: unknown): string | undefined =>
  typeof value === "string" && NAME.test(value) ? value : undefined;

/** Reads `{error: {code, type}}`, also where `error` is only a sentence. Null when there is no `error`. */
export function errorWords(body: unknown): ErrorWords | null {
  if (!isJsonObject(body) || body["error"] === undefined || body["error"] === null) return null;
  const error = isJsonObject(body["error"]) ? body["error"] : {};
  const { code, type } = error;
  const status = Number(code);
  return {
    code: nameOf(code),
    type: nameOf(type),
    status: Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined,
  };
}

/** The fault behind a status and the service's own names for it. */
export function faultOf(status: number | undefined, words: ErrorWords | null): VendorFault {
  const named = FAULT_OF_CODE[words?.code ?? ""];
  if (named !== undefined) return named;
  const known = status ?? words?.status;
  if (known !== undefined) {
    const byStatus = FAULT_OF_STATUS[known];
    if (byStatus !== undefined) return byStatus;
    if (known >= 500) return "unavailable";
    return known >= 400 ? "invalid" : "contract";
  }
  return FAULT_OF_CODE[words?.type ?? ""] ?? "unavailable";
}

/** An answer other than 200, with what its body says. */
export class RefusedAnswer extends Error {
  readonly failure: VendorFailure;

  constructor(response: IncomingMessage, body: string, nowMs: number) {
    super("the service refused");
    this.failure = failureOfAnswer(response, body, nowMs);
  }
}

function failureOfAnswer({ statusCode, headers }: IncomingMessage, body: string, nowMs: number): VendorFailure {
  const status = statusCode ?? 0;
  const words = errorWords(jsonOrNull(body));
  const name = words?.code ?? words?.type;
  const wait = millisecondsOf(headers["retry-after-ms"]) ?? retryAfterMs(headers["retry-after"], nowMs);
  const requestId = headers["x-request-id"];
  return {
    fault: faultOf(status, words),
    message: `answered ${status}${name === undefined ? "" : ` (${name})`}`,
    hasReached: true,
    status,
    ...(name === undefined ? {} : { vendorCode: name }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(typeof requestId === "string" ? { requestId } : {}),
  };
}

const millisecondsOf = (header: string | string[] | undefined): number | undefined => {
  const value = typeof header === "string" && header.trim() !== "" ? Number(header) : Number.NaN;
  return Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
};

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whatever a request ended with → ours. */
export function readFailure(error: unknown): VendorFailure {
  if (error instanceof RefusedAnswer) return error.failure;
  if (error instanceof ZodError || error instanceof SyntaxError || error instanceof RangeError)
    return { fault: "contract", message: "an answer that is not what the protocol says", hasReached: true };
  if (networkCode(error) === "ERR_INVALID_CHAR")
    return { fault: "unauthorized", message: "the API key holds characters that no key has", hasReached: false };
  return networkFailure(error);
}

/** The same as a provider tells it. */
export function providerFailure(title: string, error: unknown): ProviderFailure {
  const { fault, message, retryAfterMs: wait } = readFailure(error);
  return { fault, message: `${title}: ${message}`, retryAfterMs: wait ?? null };
}
