import type { VendorFault } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";
import { cleanText, networkCode, networkFailure, retryAfterMs, type VendorFailure } from "@tandem/ports/vendor-call";
import { ZodError } from "zod";

const FAULT_OF_STATUS: Readonly<Record<number, VendorFault>> = {
  401: "unauthorized",
  402: "payment",
  403: "forbidden",
  404: "not-found",
  408: "unavailable",
  409: "conflict",
  429: "throttled",
};

/** The fault behind an HTTP status, which Cartesia uses inside its WebSocket messages too. */
export const faultOf = (status: number): VendorFault =>
  FAULT_OF_STATUS[status] ?? (status >= 500 ? "unavailable" : "invalid");

/** An answer with an error status, reduced to what may be read of it. */
export class RefusedRequest extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(response: Response, words: string) {
    super(words === "" ? `status ${response.status}` : words);
    this.name = "RefusedRequest";
    this.status = response.status;
    this.retryAfterMs = retryAfterMs(response.headers.get("retry-after"), Date.now());
    this.requestId = response.headers.get("x-request-id") ?? undefined;
  }
}

/** What a request threw → ours. */
export function readFailure(error: unknown): VendorFailure {
  if (error instanceof ZodError) return contractBreach("an answer without expected members");
  if (error instanceof SyntaxError) return contractBreach("an answer that is not JSON");
  if (error instanceof RangeError) return contractBreach(error.message);
  if (!(error instanceof RefusedRequest)) return networkFailure(error);
  const { status, message, retryAfterMs: waitMs, requestId } = error;
  return {
    fault: faultOf(status),
    message,
    hasReached: true,
    status,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

const contractBreach = (message: string): VendorFailure => ({ fault: "contract", message, hasReached: true });

const failure = (fault: VendorFault, what: string, waitMs: number | null = null): ProviderFailure => ({
  fault,
  message: `cartesia: ${what}`,
  retryAfterMs: waitMs,
});

/** The handshake was answered with an HTTP status. `retryAfter` is the header of that name. */
export const refusedSocket = (status: number, retryAfter: string | undefined): ProviderFailure =>
  failure(faultOf(status), `the connection was refused with ${status}`, retryAfterMs(retryAfter, Date.now()) ?? null);

/** The connection failed, or a frame broke the protocol. Nothing of the error but its code is read. */
export function brokenSocket(error: Error): ProviderFailure {
  const code = networkCode(error);
  if (code?.startsWith("WS_ERR_") === true) return failure("contract", `a frame that is no WebSocket's (${code})`);
  return failure("unavailable", `the connection failed${code === undefined ? "" : ` (${code})`}`);
}

/** The vendor (or the network, 1006) closed the connection. */
export const closedSocket = (code: number): ProviderFailure =>
  failure(code === 1008 ? "invalid" : "unavailable", `the connection was closed with ${code}`);

export const silentSocket = (limitMs: number): ProviderFailure =>
  failure("unavailable", `connected, but nothing was heard for ${limitMs} ms`);

export const unreadableMessage = (): ProviderFailure => failure("contract", "a message that cannot be read");

export const closedSession = (): ProviderFailure => failure("unavailable", "the session is closed");

/** The vendor says in a message that an utterance failed. */
export const toldFailure = (status: number, words: string, hidden: readonly string[]): ProviderFailure =>
  failure(faultOf(status), cleanText(words, hidden) || `status ${status}`);
