import type { JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { reportStatus } from "./callback.ts";
import { callOf, endCall, record, runAddress } from "./carrier.ts";
import { awaitPhone } from "./phone.ts";
import { type ApplicationRow, applications, type CallRow, calls, type NumberRow, numbers } from "./rows.ts";

/** How many of a caller's calls may be forwarded into one another before the carrier gives up. */
const MOST_FORWARDS = 4;

/** How long a call that is to be made from a phone waits for it. */
const PHONE_WITHIN_MS = 10_000;

/**
 * A caller dials a number of an emulated account. Input `{to, from, forwardedFrom?, progressEvents?, hasPhone?}`; resolves when the
 * caller is connected or the call is over, with what `describeCall` tells. With `hasPhone` it resolves at once, and the call is dialled
 * as soon as the caller's phone is attached (`/phone/<call id>`), so that the caller hears everything from the first sound on.
 */
export async function placeCall(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const to = String(input["to"]);
  const number = numbers(world)
    .all()
    .find((row) => row.phoneNumber === to);
  if (number === undefined) throw new RangeError(`no emulated account owns ${to}`);
  const call = newCall(world, number, input);
  calls(world).put(call.sid, call);
  if (input["hasPhone"] !== true) await ring(world, call, number);
  else
    awaitPhone(call.sid, PHONE_WITHIN_MS)
      .then((phone) => (phone === null ? endCall(world, call.sid, "no-answer") : ring(world, call, number)))
      .catch((error: unknown) => console.error("sandbox twilio: a call from a phone failed", error));
  return describeCall(world, call.sid);
}

async function ring(world: SandboxWorld, call: CallRow, number: NumberRow): Promise<void> {
  record(world, call, "call-placed", { to: call.to, from: call.from });
  if (number.trunkSid !== "" || forwards(world, call) > MOST_FORWARDS) return endCall(world, call.sid, "failed");
  if (call.progressEvents.includes("ringing")) await reportStatus(world, call.sid);
  const routing = routingOf(world, number);
  await runAddress(world, call.sid, { url: routing.voiceUrl, method: routing.voiceMethod });
}

const forwards = (world: SandboxWorld, call: CallRow): number =>
  call.forwardedFrom === ""
    ? 0
    : calls(world)
        .all()
        .filter((row) => row.from === call.from && row.forwardedFrom !== "" && row.endedAt === 0).length;

/** The application overrides the number's own URLs. */
const routingOf = (world: SandboxWorld, number: NumberRow): NumberRow | ApplicationRow =>
  applications(world).get(number.voiceApplicationSid) ?? number;

function newCall(world: SandboxWorld, number: NumberRow, input: JsonObject): CallRow {
  const routing = routingOf(world, number);
  return {
    sid: world.newId("CA", 34),
    accountSid: number.accountSid,
    numberSid: number.sid,
    from: String(input["from"]),
    to: number.phoneNumber,
    forwardedFrom: typeof input["forwardedFrom"] === "string" ? input["forwardedFrom"] : "",
    direction: "inbound",
    answeredBy: "",
    status: "ringing",
    connected: { to: "nobody" },
    actionUrl: "",
    actionMethod: "POST",
    statusCallback: routing.statusCallback,
    statusCallbackMethod: routing.statusCallbackMethod,
    progressEvents: input["progressEvents"] === true ? ["ringing", "answered"] : [],
    fallbackUrl: routing.voiceFallbackUrl,
    fallbackMethod: routing.voiceFallbackMethod,
    said: [],
    documents: [],
    legs: [],
    reports: 0,
    startedAt: world.now(),
    legStartedAt: 0,
    endedAt: 0,
  };
}

/** What became of a call: `{callSid, status, connected, said, whispered, documents, legs, durationMs}`. */
export function describeCall(world: SandboxWorld, callSid: string): JsonObject {
  const call = callOf(world, callSid);
  return {
    callSid,
    status: call.status,
    from: call.from,
    to: call.to,
    connected: call.connected,
    said: call.said,
    whispered: call.whispered ?? [],
    documents: call.documents,
    legs: call.legs,
    durationMs: (call.endedAt > 0 ? call.endedAt : world.now()) - call.startedAt,
  };
}
