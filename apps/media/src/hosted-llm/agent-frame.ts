import { isJsonObject, type JsonObject } from "@tandem/kernel";

/** One stretch of what was said so far, as the agent vendor transcribed it. */
export interface Utterance {
  readonly role: string;
  readonly content: string;
}

/** What the hosted agent tells us, checked. */
export type AgentFrame =
  | { readonly type: "ping" }
  | {
      readonly type: "call-details";
      readonly callId: string;
      readonly metadata: Readonly<Record<string, string>>;
      readonly hasBegun: boolean;
    }
  /** `hasAgentEnded`: the agent has spoken and it is the caller's turn. */
  | { readonly type: "update"; readonly transcript: readonly Utterance[]; readonly hasAgentEnded: boolean }
  | { readonly type: "respond" | "remind"; readonly responseId: number; readonly transcript: readonly Utterance[] }
  /** A kind that the vendor may add one day. */
  | { readonly type: "other" };

/** A frame; null for what is not JSON or lacks what its kind must have. Unknown members are left alone. */
export function readAgentFrame(text: string): AgentFrame | null {
  const frame = parsed(text);
  if (frame === null || typeof frame["interaction_type"] !== "string") return null;
  switch (frame["interaction_type"]) {
    case "ping_pong":
      return { type: "ping" };
    case "call_details":
      return isJsonObject(frame["call"]) ? callDetails(frame["call"]) : null;
    case "update_only": {
      const transcript = transcriptOf(frame);
      return transcript && { type: "update", transcript, hasAgentEnded: frame["turntaking"] === "user_turn" };
    }
    case "response_required":
      return asked("respond", frame);
    case "reminder_required":
      return asked("remind", frame);
    default:
      return { type: "other" };
  }
}

/** A call that has been going on for longer than this when its details come is one whose socket was opened again. */
const JUST_BEGUN_MS = 10_000;

function callDetails(call: JsonObject): AgentFrame | null {
  const { call_id: callId, metadata, transcript_object: transcript, start_timestamp: startedAtMs } = call;
  if (typeof callId !== "string") return null;
  const isOld = typeof startedAtMs === "number" && startedAtMs > 0 && Date.now() - startedAtMs > JUST_BEGUN_MS;
  const hasSpoken = Array.isArray(transcript) && transcript.length > 0;
  return { type: "call-details", callId, metadata: wordsOf(metadata), hasBegun: isOld || hasSpoken };
}

const wordsOf = (value: unknown): Readonly<Record<string, string>> =>
  isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
      )
    : {};

function asked(type: "respond" | "remind", frame: JsonObject): AgentFrame | null {
  const transcript = transcriptOf(frame);
  const responseId = frame["response_id"];
  return transcript !== null && typeof responseId === "number" && Number.isInteger(responseId)
    ? { type, responseId, transcript }
    : null;
}

function transcriptOf(frame: JsonObject): readonly Utterance[] | null {
  const transcript = frame["transcript"];
  if (!Array.isArray(transcript)) return null;
  const utterances = (transcript as readonly unknown[]).map((each) =>
    isJsonObject(each) && typeof each["role"] === "string" && typeof each["content"] === "string"
      ? { role: each["role"], content: each["content"] }
      : null,
  );
  return utterances.includes(null) ? null : (utterances as Utterance[]);
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** What a piece of a response says beside its text. */
export interface ResponsePiece {
  readonly responseId: number;
  readonly content: string;
  readonly isComplete: boolean;
  readonly isUninterruptible?: boolean;
  readonly endsCall?: boolean;
  /** E.164: the vendor's own transfer, for numbers that it holds. */
  readonly transferTo?: string;
}

/** Frames from us, whole. */
export const agentReplies = {
  config: (): string =>
    JSON.stringify({
      response_type: "config",
      config: { auto_reconnect: true, call_details: true, transcript_with_tool_calls: false },
    }),
  ping: (nowMs: number): string => JSON.stringify({ response_type: "ping_pong", timestamp: nowMs }),
  response: ({ responseId, content, isComplete, isUninterruptible, endsCall, transferTo }: ResponsePiece): string =>
    JSON.stringify({
      response_type: "response",
      response_id: responseId,
      content,
      content_complete: isComplete,
      ...(isUninterruptible === undefined ? {} : { no_interruption_allowed: isUninterruptible }),
      ...(endsCall === true ? { end_call: true } : {}),
      ...(transferTo === undefined ? {} : { transfer_number: transferTo }),
    }),
};
