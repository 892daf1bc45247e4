import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { ChatMessage } from "../chat-request.ts";
import type { Slot } from "./slot.ts";

/** What a tool came to, as far as its answer tells. */
export interface ToolResult {
  readonly tool: string;
  /** As the model wrote them; null when they were no JSON object. */
  readonly arguments: JsonObject | null;
  readonly outcome: "success" | "empty" | "failure";
  readonly reply: JsonObject;
}

/** One of the caller's turns and what had been heard of us before it. */
export interface Exchange {
  readonly agentText: string;
  readonly callerText: string;
}

/** The conversation so far, as a model sees it. */
export interface Dialogue {
  /** Oldest first; the last one is the turn that is to be answered. */
  readonly exchanges: readonly Exchange[];
  /** The caller's last words; empty when there were none yet. */
  readonly callerText: string;
  /** What was heard of us right before them. */
  readonly agentText: string;
  /** The caller has just spoken; false when tool results came back, or nothing was said. */
  readonly isNewTurn: boolean;
  /** Of the whole call, oldest first. */
  readonly results: readonly ToolResult[];
  /** Since the caller last spoke. */
  readonly freshResults: readonly ToolResult[];
  /** Of our last completion. */
  readonly latestResults: readonly ToolResult[];
  /** What we have said since the caller last spoke. */
  readonly saidSince: string;
}

/** Reads the messages after the system message. */
export function readDialogue(messages: readonly ChatMessage[]): Dialogue {
  const exchanges: Exchange[] = [];
  const calls = new Map<string, ChatMessage["toolCalls"][number]>();
  const results: ToolResult[] = [];
  let freshFrom = 0;
  let latestFrom = 0;
  let said: string[] = [];
  for (const message of messages) {
    if (message.role === "user") {
      exchanges.push({ agentText: said.join(" "), callerText: message.text.trim() });
      said = [];
      freshFrom = results.length;
    } else if (message.role === "assistant") {
      if (message.text.trim() !== "") said.push(message.text.trim());
      for (const call of message.toolCalls) calls.set(call.id, call);
      latestFrom = results.length;
    } else if (message.role === "tool") {
      const call = calls.get(message.toolCallId ?? "");
      if (call !== undefined) results.push(resultOf(call.name, call.arguments, message.text));
    }
  }
  const last = exchanges.at(-1);
  return {
    exchanges,
    callerText: last?.callerText ?? "",
    agentText: last?.agentText ?? "",
    isNewTurn: messages.at(-1)?.role === "user",
    results,
    freshResults: results.slice(freshFrom),
    latestResults: results.slice(Math.max(freshFrom, latestFrom)),
    saidSince: said.join(" "),
  };
}

/** A tool's answer: `{outcome, reply}`, or the reply alone. */
function resultOf(tool: string, written: string, content: string): ToolResult {
  const body = objectOf(content) ?? {};
  const reply = isJsonObject(body["reply"]) ? body["reply"] : body;
  const told = body["outcome"];
  const slots = slotsIn(reply);
  const isFailure =
    body["error"] !== undefined || (typeof reply["reason"] === "string" && typeof reply["message"] === "string");
  const outcome =
    told === "success" || told === "empty" || told === "failure"
      ? told
      : isFailure
        ? "failure"
        : slots?.length === 0
          ? "empty"
          : "success";
  return { tool, arguments: objectOf(written), outcome, reply };
}

function objectOf(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The times in a reply; undefined when it has no list of them. */
function slotsIn(reply: JsonObject): readonly Slot[] | undefined {
  const lists = Object.entries(reply).filter(([name, member]) => Array.isArray(member) && /slots|times/u.test(name));
  const list = lists[0]?.[1] as readonly Json[] | undefined;
  return list?.filter(isJsonObject).flatMap((slot) => {
    const { start, spoken } = slot;
    return typeof start === "string" ? [{ start, spoken: typeof spoken === "string" ? spoken : start }] : [];
  });
}

/** The times that were found last; empty when none ever were. */
export function offeredSlots(results: readonly ToolResult[]): readonly Slot[] {
  for (const { outcome, reply } of results.toReversed()) {
    const slots = outcome === "failure" ? [] : (slotsIn(reply) ?? []);
    if (slots.length > 0) return slots;
  }
  return [];
}

/** The booking that stands; null when none does. */
export function standingBooking(
  results: readonly ToolResult[],
): { readonly eventId: string; readonly spoken: string } | null {
  let booking: { eventId: string; spoken: string } | null = null;
  for (const { tool, outcome, reply, arguments: given } of results) {
    if (outcome !== "success") continue;
    if (/cancel/u.test(tool)) booking = null;
    else if (typeof reply["event_id"] === "string") {
      const start = reply["start"] ?? given?.["start"];
      const known = offeredSlots(results).find((slot) => slot.start === start)?.spoken;
      booking = { eventId: reply["event_id"], spoken: String(reply["spoken"] ?? known ?? start ?? "") };
    }
  }
  return booking;
}
