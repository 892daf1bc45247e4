import type { SandboxWorld } from "@tandem/ports/sandbox";
import { signedHeaders } from "../webhook.ts";
import { accounts, type CallRow, calls } from "./rows.ts";

/** The form that Twilio sends with each request about a call. */
export function callForm(call: CallRow, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    AccountSid: call.accountSid,
    ApiVersion: "2010-04-01",
    CallSid: call.sid,
    CallStatus: call.status,
    Called: call.to,
    Caller: call.from,
    Direction: call.direction,
    ...(call.answeredBy === "" ? {} : { AnsweredBy: call.answeredBy }),
    From: call.from,
    To: call.to,
    ...(call.forwardedFrom === "" ? {} : { ForwardedFrom: call.forwardedFrom, CalledVia: call.forwardedFrom }),
    ...extra,
  };
}

/** What the customer's server answered. */
export interface CallbackAnswer {
  readonly status: number;
  readonly text: string;
}

/** Twilio's own limits where the fragment names no others. */
const DEFAULTS = { rt: 15_000, tt: 15_000, rc: 1, rp: "ct" };

/** Why a request failed, in the words of the retry policy: connection, read timeout, or a status class. */
class FailedCallback extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`callback failed: ${reason}`);
    this.reason = reason;
  }
}

/**
 * One signed request to the customer's server. The fragment's connection overrides decide how long it may take (`rt` per attempt,
 * `tt` in all), how often (`rc`) and for which failures (`rp`) it is repeated. Rejects for a connection that fails, a server that
 * is silent and a status of 400 or more.
 */
export async function callBack(
  world: SandboxWorld,
  target: { readonly url: string; readonly method: "GET" | "POST" },
  accountSid: string,
  form: Readonly<Record<string, string>>,
): Promise<CallbackAnswer> {
  const [bare = "", fragment = ""] = target.url.split("#");
  const overrides = new URLSearchParams(fragment);
  const number = (name: "rt" | "tt" | "rc") => Number(overrides.get(name) ?? DEFAULTS[name]);
  const policies = (overrides.get("rp") ?? DEFAULTS.rp).split(",");
  const token = accounts(world).get(accountSid)?.authToken ?? "";
  const endsAt = performance.now() + number("tt");
  for (let left = number("rc"); ; left--) {
    const timeoutMs = Math.max(1, Math.round(Math.min(number("rt"), endsAt - performance.now())));
    const outcome = await send(bare, target.method, { token, form, timeoutMs });
    if (!(outcome instanceof FailedCallback)) return outcome;
    const isRepeated = policies.includes("all") || policies.includes(outcome.reason);
    if (left <= 0 || !isRepeated || performance.now() >= endsAt) throw outcome;
  }
}

async function send(
  url: string,
  method: "GET" | "POST",
  { token, form, timeoutMs }: { token: string; form: Readonly<Record<string, string>>; timeoutMs: number },
): Promise<CallbackAnswer | FailedCallback> {
  const body = new URLSearchParams(form).toString();
  const asked = method === "GET" ? `${url}${url.includes("?") ? "&" : "?"}${body}` : url;
  try {
    const response = await fetch(asked, {
      method,
      headers: signedHeaders(token, asked, method === "GET" ? "" : body),
      ...(method === "GET" ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.status >= 400) return new FailedCallback(response.status >= 500 ? "5xx" : "4xx");
    return { status: response.status, text };
  } catch (error) {
    return new FailedCallback(error instanceof DOMException && error.name === "TimeoutError" ? "rt" : "ct");
  }
}

/** Tells the status callback of a call, if it has one; a server that does not answer changes nothing. */
export async function reportStatus(world: SandboxWorld, callSid: string): Promise<void> {
  const call = calls(world).get(callSid);
  if (call === undefined || call.statusCallback === "") return;
  calls(world).put(callSid, { ...call, reports: call.reports + 1 });
  const hasEnded = call.endedAt > 0;
  const form = callForm(call, {
    CallbackSource: "call-progress-events",
    SequenceNumber: String(call.reports),
    Timestamp: new Date(world.now()).toUTCString(),
    ...(hasEnded ? durations(call) : {}),
  });
  const target = { url: call.statusCallback, method: call.statusCallbackMethod };
  await callBack(world, target, call.accountSid, form).catch(() => {});
}

/** Seconds, and whole minutes as they are charged. */
function durations(call: CallRow): Record<string, string> {
  const seconds = Math.round((call.endedAt - call.startedAt) / 1000);
  return { CallDuration: String(seconds), Duration: String(Math.ceil(seconds / 60)) };
}
