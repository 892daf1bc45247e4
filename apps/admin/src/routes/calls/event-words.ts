import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";

type Event = Schemas["SessionDetail"]["events"][number];

const KINDS: Readonly<Record<string, string>> = { stt: "recognition", llm: "model", tts: "voice" };

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const kindOf = ({ payload }: Event): string => KINDS[text(payload["kind"])] ?? text(payload["kind"]);
const withReason = (words: string, reason: unknown): string =>
  text(reason) === "" ? words : `${words}: ${text(reason)}`;

const ENDS: Readonly<Record<string, string>> = {
  "hang-up": "the agent hung up",
  "hand-off": "it was handed over",
  "caller-gone": "the caller hung up",
  lost: "the line was lost",
};

/** Words for what happened, where its payload tells more than its name. */
const WORDS: Readonly<Record<string, (event: Event) => string>> = {
  "call-answered": ({ payload }) => `Answered by ${text(payload["slot"])}, generation ${text(payload["generation"])}`,
  "call-decided": ({ payload }) => withReason(`Decided: ${text(payload["decision"])}`, payload["reason"]),
  "call-ended": ({ payload }) => `Ended as ${text(payload["disposition"])} after ${text(payload["seconds"])} s`,
  "stream-started": () => "The agent took the call",
  "stream-ended": ({ payload }) => `The agent’s audio ended: ${ENDS[text(payload["end"])] ?? text(payload["end"])}`,
  "agent-socket-started": () => "The hosted agent took the call",
  "agent-socket-ended": ({ payload }) => `The hosted agent left: ${ENDS[text(payload["end"])] ?? text(payload["end"])}`,
  "provider-failed": (event) =>
    withReason(`${text(event.payload["provider"])} failed (${kindOf(event)})`, event.payload["fault"]),
  "breaker-opened": (event) => `${text(event.payload["provider"])} is left out for a while (${kindOf(event)})`,
  "objective-entered": ({ payload }) => `Objective: ${text(payload["objective"])}`,
  "fact-collected": ({ payload }) =>
    `${text(payload["field"])} was ${payload["isCorrection"] === true ? "corrected" : "taken down"}`,
  "consent-answered": ({ payload }) => (payload["isGiven"] === true ? "Consent was given" : "Consent was refused"),
  "output-rejected": ({ payload }) => `An answer was rejected at ${text(payload["path"])}`,
  "tool-finished": ({ payload }) =>
    `${text(payload["tool"])}: ${text(payload["outcome"])}, ${text(payload["durationMs"])} ms`,
  "tool-refused": ({ payload }) => withReason(`${text(payload["tool"])} was refused`, payload["reason"]),
  "handed-off": ({ payload }) => `Handed over: ${text(payload["to"])}`,
  "recording-started": () => "Recording began",
  "agent-unreachable": ({ payload }) => withReason("The agent could not be reached", payload["code"]),
  "call-stalled": ({ payload }) => `Nothing was heard for ${text(payload["silentMs"])} ms`,
  "call-defect": () => "Something of Tandem’s failed",
  "carrier-status": ({ payload }) => withReason("The carrier reported", payload["status"]),
  "call-metrics": () => "Totals of the conversation",
};

/** "provider-failed" → "Provider failed" where nothing better is known. */
const plain = (type: string): string => `${type.charAt(0).toUpperCase()}${type.slice(1).replaceAll("-", " ")}`;

export const eventText = (event: Event): string => WORDS[event.type]?.(event) ?? plain(event.type);

const TONES: Readonly<Record<string, Tone>> = {
  "provider-failed": "warn",
  "breaker-opened": "bad",
  "tool-refused": "warn",
  "output-rejected": "warn",
  "agent-unreachable": "bad",
  "call-stalled": "bad",
  "call-defect": "bad",
  "call-answered": "good",
};

export function eventTone({ type, payload }: Event): Tone {
  if (type === "tool-finished" && payload["outcome"] === "failure") return "bad";
  if (type.endsWith("-ended") && payload["end"] === "lost") return "bad";
  return TONES[type] ?? "neutral";
}

/** Who ended it, by the last leg; null when no leg tells. */
export function endingOf(events: readonly Event[]): string | null {
  const last = events.findLast(({ type }) => type === "stream-ended" || type === "agent-socket-ended");
  return ENDS[text(last?.payload["end"])] ?? null;
}
