import type { JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { callBack, callForm, reportStatus } from "./callback.ts";
import { dial, type LegOutcome } from "./dial.ts";
import { dialStream, dropStream } from "./live-stream.ts";
import { detachPhone, phoneOf } from "./phone.ts";
import { type CallRow, type CallStatus, calls, type Connected } from "./rows.ts";
import { readTwiml, type Verb } from "../twiml-reader.ts";

const MOST_DOCUMENTS = 20;

/** Changes a call's row and returns it. */
export function change(world: SandboxWorld, callSid: string, next: Partial<CallRow>): CallRow {
  const row = { ...callOf(world, callSid), ...next };
  calls(world).put(callSid, row);
  return row;
}

export function callOf(world: SandboxWorld, callSid: string): CallRow {
  const row = calls(world).get(callSid);
  if (row === undefined) throw new RangeError(`no call ${callSid}`);
  return row;
}

/** Fetches a document and runs it; on failure the fallback URL is asked, and without one the call fails. */
export async function runAddress(
  world: SandboxWorld,
  callSid: string,
  target: { readonly url: string; readonly method: "GET" | "POST" },
  form: Readonly<Record<string, string>> = {},
): Promise<void> {
  const call = callOf(world, callSid);
  if (call.documents.length >= MOST_DOCUMENTS) return endCall(world, callSid, "failed");
  try {
    const { text } = await callBack(world, target, call.accountSid, callForm(call, form));
    await runDocument(world, callSid, target.url, text);
  } catch {
    await fallBack(world, callSid, target.url);
  }
}

async function fallBack(world: SandboxWorld, callSid: string, failedUrl: string): Promise<void> {
  const call = callOf(world, callSid);
  if (call.endedAt > 0) return;
  if (call.fallbackUrl === "" || failedUrl === call.fallbackUrl) return endCall(world, callSid, "failed");
  const target = { url: call.fallbackUrl, method: call.fallbackMethod };
  await runAddress(world, callSid, target, { ErrorCode: "11200", ErrorUrl: failedUrl });
}

/** Runs a document's verbs in order until the caller is connected, the document hands over or the call ends. */
export async function runDocument(world: SandboxWorld, callSid: string, url: string, text: string): Promise<void> {
  const call = callOf(world, callSid);
  const verbs = readTwiml(text);
  change(world, callSid, { documents: [...call.documents, { url, text }] });
  await runVerbs(world, callSid, { verbs, url });
}

/** What is left of a document. */
interface Script {
  readonly verbs: readonly Verb[];
  /** Where the document came from. */
  readonly url: string;
}

async function runVerbs(world: SandboxWorld, callSid: string, { verbs, url }: Script): Promise<void> {
  for (const [index, verb] of verbs.entries()) {
    if (callOf(world, callSid).endedAt > 0) return;
    if (verb.name === "Connect") {
      if (await runConnect(world, callSid, verb, { verbs: verbs.slice(index + 1), url })) return;
    } else if (await runVerb(world, callSid, verb, url)) return;
  }
  await endCall(world, callSid, "completed");
}

/** Runs one verb; true when the rest of the document is not run (the caller is connected, or another document took over). */
async function runVerb(world: SandboxWorld, callSid: string, verb: Verb, url: string): Promise<boolean> {
  switch (verb.name) {
    case "Say":
      await answered(world, callSid);
      change(world, callSid, { said: [...callOf(world, callSid).said, verb.text] });
      phoneOf(callSid)?.tell({ said: verb.text });
      return false;
    case "Play":
    case "Pause":
      await answered(world, callSid);
      return false;
    case "Hangup":
      await endCall(world, callSid, "completed");
      return true;
    case "Reject":
      await endCall(world, callSid, verb.attributes["reason"] === "busy" ? "busy" : "no-answer");
      return true;
    case "Redirect":
      await runAddress(world, callSid, { url: absolute(verb.text, url), method: methodOf(verb.attributes["method"]) });
      return true;
    case "Dial":
      return runDial(world, callSid, verb, url);
    default:
      throw new Error(`the emulated carrier does not know the verb ${verb.name}`);
  }
}

async function runDial(world: SandboxWorld, callSid: string, verb: Verb, url: string): Promise<boolean> {
  const after = actionOf(verb, url);
  change(world, callSid, { actionUrl: after.url, actionMethod: after.method });
  const outcome = await dial(world, callSid, verb);
  const call = callOf(world, callSid);
  change(world, callSid, { legs: [...call.legs, { target: outcome.target, outcome: outcome.status }] });
  if (outcome.connected !== null) {
    await connect(world, callSid, outcome.connected);
    return true;
  }
  return legEnded(world, callSid, outcome, 0);
}

/** True when the stream took the call over; what is left of the document runs when the stream has ended and names no action. */
async function runConnect(world: SandboxWorld, callSid: string, verb: Verb, rest: Script): Promise<boolean> {
  const stream = verb.children.find((child) => child.name === "Stream");
  if (stream === undefined) throw new Error("the emulated carrier connects streams only");
  const after = actionOf(verb, rest.url);
  change(world, callSid, { actionUrl: after.url, actionMethod: after.method });
  const parameters = Object.fromEntries(
    stream.children.map(({ attributes }) => [attributes["name"] ?? "", attributes["value"] ?? ""]),
  );
  const url = (stream.attributes["url"] ?? "").split("?")[0] ?? "";
  await connect(world, callSid, { to: "stream", url, parameters });
  const isConnected = await dialStream(world, callOf(world, callSid), (code) => {
    streamEnded(world, callSid, rest, code).catch((error: unknown) =>
      console.error("sandbox twilio: nothing follows the stream", error),
    );
  });
  const call = callOf(world, callSid);
  if (isConnected === "elsewhere") return true;
  record(world, call, isConnected === "connected" ? "stream-connected" : "stream-refused", { url });
  return isConnected === "connected" || legEnded(world, callSid, null, 0);
}

/** The customer's server closed the stream, or it broke. */
async function streamEnded(world: SandboxWorld, callSid: string, rest: Script, code: number): Promise<void> {
  record(world, callOf(world, callSid), "stream-ended", { by: "service", code });
  if (!(await legEnded(world, callSid, null, 0))) await runVerbs(world, callSid, rest);
}

/** Takes the call out of its stream, if it has one: the customer's server hears `stop`. */
export function leaveStream(world: SandboxWorld, callSid: string, by: string): void {
  if (dropStream(callSid)) record(world, callOf(world, callSid), "stream-ended", { by });
}

async function connect(world: SandboxWorld, callSid: string, connected: Connected): Promise<void> {
  await answered(world, callSid);
  change(world, callSid, { connected, legStartedAt: world.now() });
  phoneOf(callSid)?.tell({
    connected: connected.to,
    ...(connected.to === "person" ? { number: connected.number } : {}),
  });
}

/** The leg (null: a stream, which has no dialled leg to tell of) is over: asks the action URL what comes next. True when that took over; false lets the document go on. */
export async function legEnded(
  world: SandboxWorld,
  callSid: string,
  leg: Pick<LegOutcome, "status" | "legSid"> | null,
  seconds: number,
): Promise<boolean> {
  const { actionUrl, actionMethod } = callOf(world, callSid);
  change(world, callSid, { connected: { to: "nobody" }, actionUrl: "" });
  if (actionUrl === "") return false;
  const form =
    leg === null ? {} : { DialCallStatus: leg.status, DialCallSid: leg.legSid, DialCallDuration: String(seconds) };
  await runAddress(world, callSid, { url: actionUrl, method: actionMethod }, form);
  return true;
}

/** Somebody took the call: told once. */
export async function answered(world: SandboxWorld, callSid: string): Promise<void> {
  const call = callOf(world, callSid);
  if (call.status !== "ringing") return;
  change(world, callSid, { status: "in-progress" });
  if (call.progressEvents.includes("answered")) await reportStatus(world, callSid);
}

/** Ends a call once and reports it. */
export async function endCall(world: SandboxWorld, callSid: string, status: CallStatus): Promise<void> {
  const call = callOf(world, callSid);
  if (call.endedAt > 0) return;
  change(world, callSid, { status, endedAt: world.now(), connected: { to: "nobody" } });
  leaveStream(world, callSid, "call");
  record(world, call, "call-ended", { status });
  detachPhone(callSid, status);
  await reportStatus(world, callSid);
}

export const record = (world: SandboxWorld, call: CallRow, effect: string, facts: JsonObject): void =>
  world.record({ effect, kind: "telephony.call", objectId: call.sid, account: call.accountSid, facts });

const methodOf = (text: string | undefined): "GET" | "POST" => (text?.toUpperCase() === "GET" ? "GET" : "POST");

const absolute = (target: string, base: string): string => new URL(target, base).toString();

const actionOf = (verb: Verb, url: string): { url: string; method: "GET" | "POST" } => {
  const action = verb.attributes["action"];
  return { url: action === undefined ? "" : absolute(action, url), method: methodOf(verb.attributes["method"]) };
};
