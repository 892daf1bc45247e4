import type { VendorFault } from "@tandem/kernel";
import { networkFailure, retryAfterMs, type VendorFailure } from "@tandem/ports/vendor-call";
import { z } from "zod";
import { WireError } from "./wire.ts";

/** An answer of 400 or above, reduced to what may be told. Thrown by the transport before the SDK builds an error with everything in it. */
export class RefusedAnswer extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | null;

  constructor(status: number, text: string, retryAfter: string | null) {
    super(`answered ${status}`);
    this.status = status;
    this.body = parseJson(text);
    this.retryAfter = retryAfter;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** How long each limit lasts when the answer does not say: the policy's own window. */
const POLICY_WINDOWS_MS: Readonly<Record<string, number>> = {
  SECONDLY: 1000,
  TEN_SECONDLY_ROLLING: 10_000,
  DAILY: 900_000,
};

const LOCKED_FOR_MS = 2000;

/** Reads what the SDK or the transport threw into our terms. */
export function readFailure(error: unknown): VendorFailure {
  if (error instanceof RefusedAnswer) return readRefusal(error);
  if (error instanceof z.ZodError) {
    const missing = error.issues.map((issue) => issue.path.join(".")).join(", ");
    return { fault: "contract", message: `the answer lacks ${missing}`, hasReached: true };
  }
  if (error instanceof SyntaxError) return { fault: "contract", message: "the answer is not JSON", hasReached: true };
  const status = unexpectedStatus(error);
  if (status !== null)
    return { fault: "contract", message: `answered ${status} where another code is agreed`, hasReached: true, status };
  return networkFailure(error);
}

/** The SDK throws its `ApiException` for every code that an operation does not list, 2xx included. */
function unexpectedStatus(error: unknown): number | null {
  if (!(error instanceof Error) || !("code" in error) || !("body" in error)) return null;
  return typeof error.code === "number" ? error.code : null;
}

function readRefusal(refused: RefusedAnswer): VendorFailure {
  const body = WireError.safeParse(refused.body).data ?? {};
  const vendorCode = body.policyName ?? body.category;
  const delayMs = delayOf(refused, body.policyName);
  return {
    fault: faultOf(refused.status),
    message: messageOf(body, refused.status),
    hasReached: true,
    status: refused.status,
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(delayMs === undefined ? {} : { retryAfterMs: delayMs }),
    ...(body.correlationId === undefined ? {} : { requestId: body.correlationId }),
  };
}

function delayOf(refused: RefusedAnswer, policy: string | undefined): number | undefined {
  const told = retryAfterMs(refused.retryAfter, Date.now());
  if (told !== undefined) return told;
  if (refused.status === 423) return LOCKED_FOR_MS;
  return refused.status === 429 ? POLICY_WINDOWS_MS[policy ?? ""] : undefined;
}

function messageOf(body: z.infer<typeof WireError>, status: number): string {
  const scopes = body.errors?.flatMap((each) => each.context?.["requiredGranularScopes"] ?? []) ?? [];
  if (scopes.length > 0) return `lacks ${scopes.join(", ")}`;
  return body.message ?? `answered ${status}`;
}

/** 423 (locked) and 477 (portal being moved) are known unprocessed, like 429. */
function faultOf(status: number): VendorFault {
  if (status === 429 || status === 423 || status === 477) return "throttled";
  if (status === 401) return "unauthorized";
  if (status === 402) return "payment";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 409) return "conflict";
  if (status === 408 || status >= 500) return "unavailable";
  return "invalid";
}
