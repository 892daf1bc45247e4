import type { SandboxWorld } from "@tandem/ports/sandbox";
import { readTwiml, type Verb } from "../twiml-reader.ts";
import { callBack, callForm } from "./callback.ts";
import { calls } from "./rows.ts";

/** Verbs that the carrier runs on the called party's leg before it is connected. */
const ALLOWED = new Set(["Say", "Play", "Pause", "Hangup"]);

/**
 * Runs the document that a dialled `Number` names on the leg that answered: only who took the call hears it. False when they are not
 * connected after it, because it hangs up; what cannot be fetched or read keeps nobody waiting.
 */
export async function whisper(
  world: SandboxWorld,
  callSid: string,
  { legSid, target }: { readonly legSid: string; readonly target: Verb },
): Promise<boolean> {
  const call = calls(world).get(callSid);
  const { url } = target.attributes;
  if (call === undefined || url === undefined) return true;
  const form = callForm(call, {
    CallSid: legSid,
    ParentCallSid: callSid,
    CallStatus: "in-progress",
    Direction: "outbound-dial",
    Called: target.text,
    To: target.text,
  });
  const method = target.attributes["method"] === "GET" ? "GET" : "POST";
  const verbs = await callBack(world, { url, method }, call.accountSid, form)
    .then(({ text }) => readTwiml(text))
    .catch(() => []);
  return play(world, callSid, verbs);
}

function play(world: SandboxWorld, callSid: string, verbs: readonly Verb[]): boolean {
  for (const { name, text } of verbs) {
    if (name === "Hangup") return false;
    if (!ALLOWED.has(name)) return true;
    const call = calls(world).get(callSid);
    if (name === "Say" && call !== undefined)
      calls(world).put(callSid, { ...call, whispered: [...(call.whispered ?? []), text] });
  }
  return true;
}
