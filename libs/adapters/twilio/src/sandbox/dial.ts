import type { SandboxWorld } from "@tandem/ports/sandbox";
import type { Verb } from "../twiml-reader.ts";
import { answers, calls, type Connected, numbers } from "./rows.ts";
import { whisper } from "./whisper.ts";

/** How the legs that a document dials came out. */
export interface LegOutcome {
  readonly target: string;
  readonly legSid: string;
  readonly status: "completed" | "no-answer" | "busy" | "failed";
  /** Who took the call; null when nobody did. */
  readonly connected: Connected | null;
}

/** Dials every target of a `Dial` together; the first in document order that answers takes the call. */
export async function dial(world: SandboxWorld, callSid: string, verb: Verb): Promise<LegOutcome> {
  const legSid = world.newId("CA", 34);
  const targets = verb.children.length > 0 ? verb.children : [{ ...verb, name: "Number" }];
  const outcomes: LegOutcome[] = [];
  for (const target of targets) {
    const outcome =
      target.name === "Sip" ? dialSip(world, callSid, target.text) : dialNumber(world, callSid, target.text);
    outcomes.push({ ...(await outcome), legSid });
  }
  const taken = outcomes.find((outcome) => outcome.connected !== null);
  const takenBy = targets[taken === undefined ? -1 : outcomes.indexOf(taken)];
  if (taken !== undefined && takenBy !== undefined) {
    const isConnected = await whisper(world, callSid, { legSid, target: takenBy });
    return isConnected ? taken : { ...taken, connected: null };
  }
  return outcomes.find((outcome) => outcome.status === "no-answer") ?? outcomes[0] ?? nobody("", "failed");
}

const nobody = (target: string, status: LegOutcome["status"]): LegOutcome => ({
  target,
  legSid: "",
  status,
  connected: null,
});

/** A SIP leg reaches the hosted agent that registered the call whose id is the user part. */
async function dialSip(world: SandboxWorld, callSid: string, uri: string): Promise<LegOutcome> {
  const agentCallId = /^sips?:([^@;]+)@/.exec(uri)?.[1] ?? "";
  const call = calls(world).get(callSid);
  try {
    const started = await world.act("retell", "startCall", {
      callId: agentCallId,
      from: call?.from ?? "",
      to: call?.to ?? "",
    });
    const connected: Connected = {
      to: "agent",
      agentCallId,
      agentId: String(started["agentId"]),
      agentVersion: Number(started["agentVersion"]),
    };
    return { target: uri, legSid: "", status: "completed", connected };
  } catch {
    return nobody(uri, "failed");
  }
}

/** A number answers as scripted by `setAnswer`, or at once. One that forwards to a number of ours places another inbound call. */
async function dialNumber(world: SandboxWorld, callSid: string, number: string): Promise<LegOutcome> {
  const script = answers(world).get(number) ?? { answer: "answered", forwardsTo: "" };
  if (script.answer === "forwards") return forward(world, callSid, { from: number, to: script.forwardsTo });
  if (script.answer !== "answered" && script.answer !== "machine") return nobody(number, script.answer);
  return { target: number, legSid: "", status: "completed", connected: { to: "person", number } };
}

async function forward(world: SandboxWorld, callSid: string, via: { from: string; to: string }): Promise<LegOutcome> {
  const isOurs = numbers(world)
    .all()
    .some((row) => row.phoneNumber === via.to);
  if (!isOurs)
    return { target: via.from, legSid: "", status: "completed", connected: { to: "person", number: via.to } };
  const caller = calls(world).get(callSid)?.from ?? "";
  const forwarded = await world.act("twilio", "placeCall", {
    from: caller,
    to: via.to,
    forwardedFrom: via.from,
  });
  const isTaken = forwarded["status"] === "in-progress";
  return isTaken
    ? { target: via.from, legSid: "", status: "completed", connected: { to: "person", number: via.to } }
    : nobody(via.from, "busy");
}
