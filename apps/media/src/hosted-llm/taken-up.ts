import type { CollectedFact, ConversationState, TranscriptLine } from "@tandem/agent";
import { advance, callingCodeOf, currentVisit, readAnswer, startProgress } from "@tandem/domain/conversation";
import type { Field } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { instant } from "@tandem/kernel";
import type { Utterance } from "./agent-frame.ts";

/** What a call is taken up from on a node that was not there, or not for all of it. */
export interface CallSoFar {
  readonly bundle: ReleaseBundle;
  /** The caller in E.164; null when withheld or unknown here. */
  readonly from: string | null;
  /** As far as this node knows; null where it knows nothing. */
  readonly known: ConversationState | null;
  /** As the agent vendor tells it, whole. */
  readonly transcript: readonly Utterance[];
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** Kinds of answers that no other words are mistaken for. */
const UNMISTAKABLE = new Set<Field["type"]>(["email", "phone-number"]);

/**
 * Where a conversation stands. What this node knows counts until the vendor tells of more. Of a call that it knows nothing of it has the
 * words, which the model is shown, and those facts that can be read from the caller's lines beyond doubt, with the step they lead to; what
 * was to be read back is asked again. Null before the agent has said anything.
 */
export function takenUp({ bundle, from, known, transcript, nowMs }: CallSoFar): ConversationState | null {
  const told = linesOf(transcript, nowMs);
  if (known !== null) return callerLines(told) > callerLines(known.transcript) ? { ...known, transcript: told } : known;
  if (told.length === 0) return null;
  const { conversation, tools } = bundle;
  const facts = factsIn(told, bundle, { from, nowMs });
  const progress = advance({ conversation, tools }, { ...startProgress(conversation, []), facts });
  return { objective: currentVisit(progress).objective, facts, transcript: told };
}

/** Lines up to what the agent said last: what the caller says after it is the turn that is to be answered. */
function linesOf(transcript: readonly Utterance[], nowMs: number): readonly TranscriptLine[] {
  const last = transcript.findLastIndex(({ role }) => role === "agent");
  const at = instant(nowMs);
  return transcript
    .slice(0, last + 1)
    .flatMap(({ role, content }) =>
      role === "agent" || role === "user"
        ? [{ who: role === "agent" ? ("agent" as const) : ("caller" as const), text: content.trim(), at }]
        : [],
    );
}

const callerLines = (lines: readonly TranscriptLine[]): number => lines.filter(({ who }) => who === "caller").length;

/** The last e-mail address and phone number that the caller said whole, each where only one field could be meant. */
function factsIn(
  lines: readonly TranscriptLine[],
  { conversation, deployment, humanPath }: ReleaseBundle,
  { from, nowMs }: { readonly from: string | null; readonly nowMs: number },
): readonly CollectedFact[] {
  const caller = from ?? "";
  const callingCode = callingCodeOf(caller) ?? callingCodeOf(deployment.number ?? humanPath.number);
  const context = { callingCode, from: caller, today: instant(nowMs).slice(0, 10), offers: null };
  const said = lines.filter(({ who }) => who === "caller").toReversed();
  return conversation.fields.flatMap((field) => {
    if (!UNMISTAKABLE.has(field.type) || conversation.fields.filter(({ type }) => type === field.type).length > 1)
      return [];
    const readings = said.map(({ text }) => readAnswer(field, text, context));
    const found = readings.find((reading) => "value" in reading);
    return found === undefined
      ? []
      : [{ field: field.name, value: found.value, isConfirmed: field.confirm !== "explicit" }];
  });
}
