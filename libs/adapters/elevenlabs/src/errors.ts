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

/**
 * What the vendor's own words mean, first match first. One HTTP status (401) and one close code (1008) stand for most of what can go
 * wrong, so the words decide.
 */
const FAULT_OF_WORDS: readonly (readonly [RegExp, VendorFault])[] = [
  [/quota|credits|payment|subscription/iu, "payment"],
  [/max_active_conversations|simultaneous contexts|concurren|rate.?limit|too many|system_busy/iu, "throttled"],
  [/missing_permissions|permission/iu, "forbidden"],
  [/api.?key|unauthori[sz]ed|authenticat/iu, "unauthorized"],
  [/(voice|model).*(not|unknown|no such|does not exist)/iu, "not-found"],
  [/timeout|went wrong|internal|try again/iu, "unavailable"],
];

const faultOfWords = (words: string): VendorFault | undefined =>
  FAULT_OF_WORDS.find(([pattern]) => pattern.test(words))?.[1];

const faultOfStatus = (status: number): VendorFault =>
  FAULT_OF_STATUS[status] ?? (status >= 500 ? "unavailable" : "invalid");

/** An answer with an error status, reduced to what may be read of it. */
export class RefusedRequest extends Error {
  readonly status: number;
  /** The vendor's word for it, e.g. `quota_exceeded`; empty when it gave none. */
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(response: Response, { code, message }: { readonly code: string; readonly message: string }) {
    super(message === "" ? `status ${response.status}` : message);
    this.name = "RefusedRequest";
    this.status = response.status;
    this.code = code;
    this.retryAfterMs = retryAfterMs(response.headers.get("retry-after"), Date.now());
  }
}

/** What a request threw → ours. */
export function readFailure(error: unknown): VendorFailure {
  if (error instanceof ZodError) return contractBreach("an answer without expected members");
  if (error instanceof SyntaxError) return contractBreach("an answer that is not JSON");
  if (error instanceof RangeError) return contractBreach(error.message);
  if (!(error instanceof RefusedRequest)) return networkFailure(error);
  const { status, code, message, retryAfterMs: waitMs } = error;
  return {
    fault: (status < 500 && status !== 429 ? faultOfWords(code) : undefined) ?? faultOfStatus(status),
    message,
    hasReached: true,
    status,
    ...(code === "" ? {} : { vendorCode: code }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

const contractBreach = (message: string): VendorFailure => ({ fault: "contract", message, hasReached: true });

const failure = (fault: VendorFault, what: string, waitMs: number | null = null): ProviderFailure => ({
  fault,
  message: `elevenlabs: ${what}`,
  retryAfterMs: waitMs,
});

/** The handshake was answered with an HTTP status. `retryAfter` is the header of that name. */
export const refusedSocket = (status: number, retryAfter: string | undefined): ProviderFailure =>
  failure(
    faultOfStatus(status),
    `the connection was refused with ${status}`,
    retryAfterMs(retryAfter, Date.now()) ?? null,
  );

/** The connection failed, or a frame broke the protocol. Nothing of the error but its code is read. */
export function brokenSocket(error: Error): ProviderFailure {
  const code = networkCode(error);
  if (code?.startsWith("WS_ERR_") === true) return failure("contract", `a frame that is no WebSocket's (${code})`);
  return failure("unavailable", `the connection failed${code === undefined ? "" : ` (${code})`}`);
}

/** The vendor (or the network, 1006) closed the connection. With 1008 its reason says why; 1009 is also what a voice that the model does not know gets. */
export function closedSocket(code: number, reason: string, hidden: readonly string[]): ProviderFailure {
  const words = cleanText(reason, hidden);
  const what = `the connection was closed with ${code}${words === "" ? "" : `: ${words}`}`;
  if (code === 1008) return failure(faultOfWords(reason) ?? "unavailable", what);
  return failure(code === 1009 ? "invalid" : "unavailable", what);
}

export const silentSocket = (limitMs: number): ProviderFailure =>
  failure("unavailable", `connected, but nothing was heard for ${limitMs} ms`);

export const unreadableMessage = (): ProviderFailure => failure("contract", "a message that cannot be read");

export const closedSession = (): ProviderFailure => failure("unavailable", "the session is closed");

/** The vendor says in a message what went wrong. */
export const toldFailure = (code: string, words: string, hidden: readonly string[]): ProviderFailure =>
  failure(faultOfWords(`${code} ${words}`) ?? "unavailable", cleanText(words === "" ? code : words, hidden));
