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
    Direction: "inbound",
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

const DEFAULT_TIMEOUT_MS = 15_000;

/** One signed request to the customer's server. The fragment's connection overrides decide how long it may take and whether it is repeated. */
export async function callBack(
  world: SandboxWorld,
  target: { readonly url: string; readonly method: "GET" | "POST" },
  accountSid: string,
  form: Readonly<Record<string, string>>,
): Promise<CallbackAnswer> {
  const [bare = "", fragment = ""] = target.url.split("#");
  const overrides = new URLSearchParams(fragment);
  const attempts = 1 + Number(overrides.get("rc") ?? 1);
  const timeoutMs = Number(overrides.get("rt") ?? DEFAULT_TIMEOUT_MS);
  const token = accounts(world).get(accountSid)?.authToken ?? "";
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await send(bare, target.method, { token, form, timeoutMs });
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function send(
  url: string,
  method: "GET" | "POST",
  { token, form, timeoutMs }: { token: string; form: Readonly<Record<string, string>>; timeoutMs: number },
): Promise<CallbackAnswer> {
  const body = new URLSearchParams(form).toString();
  const asked = method === "GET" ? `${url}${url.includes("?") ? "&" : "?"}${body}` : url;
  const response = await fetch(asked, {
    method,
    headers: signedHeaders(token, asked, method === "GET" ? "" : body),
    ...(method === "GET" ? {} : { body }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, text: await response.text() };
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
    ...(hasEnded ? { CallDuration: String(Math.round((call.endedAt - call.startedAt) / 1000)), Duration: "1" } : {}),
  });
  const target = { url: call.statusCallback, method: call.statusCallbackMethod };
  await callBack(world, target, call.accountSid, form).catch(() => {});
}
