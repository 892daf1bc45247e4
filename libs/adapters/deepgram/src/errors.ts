import type { JsonObject, VendorFault } from "@tandem/kernel";
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

/** The fault behind an HTTP status. */
export const faultOf = (status: number): VendorFault =>
  FAULT_OF_STATUS[status] ?? (status >= 500 ? "unavailable" : "invalid");

/** Headers by lower-case name, as Node tells them. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A handshake that was answered with a status. Deepgram puts its words into `dg-error`. */
export function refusedFailure(status: number, headers: Headers, apiKey: string): ProviderFailure {
  const words = headers["dg-error"];
  const sentence = typeof words === "string" ? cleanText(`: ${words}`, [apiKey]) : "";
  const wait = headers["retry-after"];
  return {
    fault: faultOf(status),
    message: `Deepgram refused the connection with status ${status}${sentence}`,
    retryAfterMs: (typeof wait === "string" ? retryAfterMs(wait, Date.now()) : undefined) ?? null,
  };
}

/** Close codes that say our input cannot be served; whatever else ends a socket is the vendor's or the network's. */
const INVALID_CODES: readonly number[] = [1003, 1007, 1008, 1009];

/** A socket that the other side closed, or that broke (1006). */
export function closedFailure(code: number, reason: string, apiKey: string): ProviderFailure {
  const words = reason === "" ? "" : cleanText(`: ${reason}`, [apiKey]);
  return {
    fault: INVALID_CODES.includes(code) ? "invalid" : "unavailable",
    message: `Deepgram ended the connection with code ${code}${words}`,
    retryAfterMs: null,
  };
}

/** An error of the socket: frames that the WebSocket protocol does not allow, or no connection. */
export function socketFailure(error: Error): ProviderFailure {
  const code = networkCode(error);
  if (code?.startsWith("WS_ERR_") === true) return breach("a frame that WebSocket does not allow");
  return unavailable(`the connection failed${code === undefined ? "" : ` (${code})`}`);
}

export const unavailable = (message: string): ProviderFailure => ({
  fault: "unavailable",
  message: `Deepgram: ${message}`,
  retryAfterMs: null,
});

/** An `Error` message of a socket: its code where it is one, never its sentence, which may repeat what was said. */
export function toldError(message: JsonObject): ProviderFailure {
  const code = message["code"] ?? message["variant"];
  const isCode = typeof code === "string" && /^[A-Z][A-Z0-9_-]{1,39}$/u.test(code);
  return unavailable(`an error ended the stream${isCode ? ` (${code})` : ""}`);
}

/** An answer that Deepgram's own contract does not allow. */
export const breach = (what: string): ProviderFailure => ({
  fault: "contract",
  message: `Deepgram sent ${what}`,
  retryAfterMs: null,
});

/** A REST answer with another status than success. */
export class RefusedRequest extends Error {
  readonly status: number;
  readonly headers: Response["headers"];
  readonly words: string;

  constructor(response: Response, words: string) {
    super(`status ${response.status}`);
    this.status = response.status;
    this.headers = response.headers;
    this.words = words;
  }
}

/** What a REST request failed with → ours. */
export function readFailure(error: unknown): VendorFailure {
  if (error instanceof ZodError)
    return { fault: "contract", message: "an answer without expected members", hasReached: true };
  if (error instanceof SyntaxError)
    return { fault: "contract", message: "an answer that is not JSON", hasReached: true };
  if (!(error instanceof RefusedRequest)) return networkFailure(error);
  const wait = retryAfterMs(error.headers.get("retry-after"), Date.now());
  const requestId = error.headers.get("dg-request-id");
  return {
    fault: faultOf(error.status),
    message: error.words === "" ? `status ${error.status}` : error.words,
    hasReached: true,
    status: error.status,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(requestId === null ? {} : { requestId }),
  };
}
