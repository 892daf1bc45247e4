import { type Clock, type Effect, VendorError, type VendorFault } from "@tandem/kernel";

/** What an adapter could read from a failed request. Only these fields ever reach a `VendorError`. */
export interface VendorFailure {
  readonly fault: VendorFault;
  /** The vendor's own words where they help; shortened and cleaned of secrets and personal data before use. */
  readonly message: string;
  /** False when the request provably never arrived (name not resolved, connection refused). */
  readonly hasReached: boolean;
  readonly status?: number;
  readonly vendorCode?: string;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}

export interface VendorCallOptions {
  readonly vendor: string;
  readonly clock: Clock;
  /** Total deadline of one `run`, milliseconds. */
  readonly deadlineMs: number;
  /** Reads whatever the SDK threw (or a parse error of its answer). */
  readonly readFailure: (error: unknown) => VendorFailure;
  /** Every credential value known now, so that an echo of one never leaves. */
  readonly hidden: () => readonly string[];
}

/** The requests of one port call. Each is raced against what is left of the call's deadline. */
export interface VendorRequests {
  /** Changes nothing at the vendor: a failure has effect `none`, or `applied` when a write of the same call came before. */
  read<Answer>(send: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
  /** May change something: a failure that leaves it open has effect `unknown`. */
  write<Answer>(send: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
}

/** Runs one port call (`book`, `create crm.property`) as one or more requests under one deadline. Errors: `VendorError` only. */
export interface VendorCalls {
  run<Result>(operation: string, body: (requests: VendorRequests) => Promise<Result>): Promise<Result>;
}

const DEADLINE = Symbol("deadline");

/** Deadlines, aborts, effects and clean errors for an SDK that has none of them. Never retries. */
export function vendorCalls(options: VendorCallOptions): VendorCalls {
  return {
    async run(operation, body) {
      const work = new AbortController();
      const done = new AbortController();
      const passed = new Promise<never>((_, reject) => {
        options.clock.sleep(options.deadlineMs, done.signal).then(
          () => (work.abort(), reject(DEADLINE)),
          () => {},
        );
      });
      passed.catch(() => {});
      try {
        return await body(requestsUnder({ operation, options, signal: work.signal, passed }));
      } finally {
        done.abort();
      }
    },
  };
}

interface Call {
  readonly operation: string;
  readonly options: VendorCallOptions;
  readonly signal: AbortSignal;
  /** Rejects with `DEADLINE` when the deadline has passed. */
  readonly passed: Promise<never>;
}

function requestsUnder(call: Call): VendorRequests {
  let hasWritten = false;
  const request = async <Answer>(isWrite: boolean, send: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> => {
    const wasSent = !call.signal.aborted;
    try {
      if (!wasSent) throw DEADLINE;
      const answer = await Promise.race([send(call.signal), call.passed]);
      hasWritten ||= isWrite;
      return answer;
    } catch (error) {
      throw refused(call, error, { isWrite, hasWritten, wasSent });
    }
  };
  return { read: (send) => request(false, send), write: (send) => request(true, send) };
}

function refused(call: Call, error: unknown, when: { isWrite: boolean; hasWritten: boolean; wasSent: boolean }): Error {
  if (error instanceof VendorError) return error;
  const { vendor, deadlineMs, readFailure, hidden } = call.options;
  const failure: VendorFailure =
    error === DEADLINE || call.signal.aborted
      ? { fault: "unavailable", message: `no answer within ${deadlineMs} ms`, hasReached: when.wasSent }
      : readFailure(error);
  const { message, hasReached: _, ...facts } = failure;
  const text = `${vendor} ${call.operation}: ${cleanText(message, hidden())}`;
  return new VendorError(text, { vendor, operation: call.operation, effect: effectOf(failure, when), ...facts });
}

function effectOf(failure: VendorFailure, when: { isWrite: boolean; hasWritten: boolean }): Effect {
  const isOpen = failure.hasReached && (failure.fault === "unavailable" || failure.fault === "contract");
  if (when.isWrite && isOpen) return "unknown";
  return when.hasWritten ? "applied" : "none";
}

const EMAIL = /(?<![^\s@"'<>:=,])[^\s@"'<>:=,]+@[^\s@"'<>,]+\.[a-z]{2,}/giu;
const LONG_NUMBER = /\+?\d[\d\s().-]{8,}\d/gu;

/** A vendor's sentence fit for logs and people: secrets, e-mail addresses and phone numbers out, one line, at most 300 characters. */
export function cleanText(text: string, secrets: readonly string[]): string {
  const withoutSecrets = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((clean, secret) => clean.replaceAll(secret, "[redacted]"), text);
  return withoutSecrets
    .replaceAll(EMAIL, "[e-mail]")
    .replaceAll(LONG_NUMBER, "[number]")
    .replaceAll(/\s+/gu, " ")
    .trim()
    .slice(0, 300);
}

/** `Retry-After` in seconds or as an HTTP date → milliseconds from now; undefined when absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  if (header === null || header === undefined || header.trim() === "") return undefined;
  const seconds = Number(header);
  const delayMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(delayMs) ? Math.max(0, Math.round(delayMs)) : undefined;
}

/** Codes of a connection that was never made: the request cannot have had an effect. */
const NEVER_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
]);

/** Looks through nested causes for a system error code, e.g. `ECONNRESET`; undefined when there is none. */
export function networkCode(error: unknown): string | undefined {
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 6;
    current = current.cause, depth++
  ) {
    const code: unknown = (current as { code?: unknown }).code;
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]+$/u.test(code)) return code;
    if (current instanceof AggregateError) return networkCode(current.errors[0]);
  }
  return undefined;
}

/** The failure of a connection: no answer came. */
export function networkFailure(error: unknown): VendorFailure {
  const code = networkCode(error);
  return {
    fault: "unavailable",
    message: `the connection failed${code === undefined ? "" : ` (${code})`}`,
    hasReached: code === undefined || !NEVER_CONNECTED.has(code),
  };
}
