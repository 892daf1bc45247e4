import { type Clock, instant } from "@tandem/kernel";
import type { LlmMessage, LlmToolCall } from "@tandem/ports/llm";
import type { TranscriptLine } from "./conversation-engine.ts";

/** One completion of a model, or a line of ours, inside an answer. */
export interface Round {
  /** As it was told to be spoken. */
  text: string;
  readonly calls: LlmToolCall[];
  /** Tool call id → what the model is told about it; absent while it runs. */
  readonly results: Map<string, string>;
}

export const newRound = (text = ""): Round => ({ text, calls: [], results: new Map() });

/** What one side said and what came back: the caller's words and the rounds of the answer. */
export interface Exchange {
  /** Null where the agent speaks unasked. */
  readonly callerText: string | null;
  readonly rounds: Round[];
}

/** Messages that a model is shown, most: the newest ones. */
const mostMessages = 60;
const stillRunning = JSON.stringify({ outcome: "pending", message: "It is still being worked on. Do not promise it." });

/** Everything said in a call, as models are shown it and as it is recorded. Holds only what was really heard. */
export class History {
  readonly #exchanges: Exchange[] = [];
  readonly #transcript: TranscriptLine[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock, earlier: readonly TranscriptLine[]) {
    this.#clock = clock;
    this.#transcript.push(...earlier);
    for (const { who, text } of earlier)
      this.#exchanges.push(
        who === "caller" ? { callerText: text, rounds: [] } : { callerText: null, rounds: [newRound(text)] },
      );
  }

  get transcript(): readonly TranscriptLine[] {
    return this.#transcript;
  }

  /** An exchange has begun; its rounds may still grow. */
  add(exchange: Exchange): void {
    this.#exchanges.push(exchange);
    if (exchange.callerText !== null) this.#record("caller", exchange.callerText);
  }

  /** An answer is over; `heard` is what was heard of it, null: all. */
  heard(exchange: Exchange, heard: string | null): void {
    if (heard !== null) cut(exchange.rounds, heard);
    const text = exchange.rounds
      .map((round) => round.text.trim())
      .filter((part) => part !== "")
      .join(" ");
    this.#record("agent", heard === null ? text : heard.trim());
  }

  /** What a model is shown besides its instructions; `current` is an exchange that has not been added yet. */
  messages(current: Exchange): LlmMessage[] {
    const all = [...this.#exchanges.filter((exchange) => exchange !== current), current].flatMap(messagesOf);
    if (all.length <= mostMessages) return all;
    const from = all.findIndex((message, index) => index >= all.length - mostMessages && message.role === "user");
    return from === -1 ? messagesOf(current) : all.slice(from);
  }

  #record(who: TranscriptLine["who"], text: string): void {
    if (text !== "") this.#transcript.push({ who, text, at: instant(this.#clock.now()) });
  }
}

function messagesOf({ callerText, rounds }: Exchange): LlmMessage[] {
  const messages: LlmMessage[] = callerText === null ? [] : [{ role: "user", content: callerText }];
  for (const { text, calls, results } of rounds) {
    const content = text.trim();
    if (calls.length > 0) messages.push({ role: "assistant", content, toolCalls: [...calls] });
    else if (content !== "") messages.push({ role: "assistant", content });
    for (const { id } of calls)
      messages.push({ role: "tool", toolCallId: id, content: results.get(id) ?? stillRunning });
  }
  return messages;
}

/** Leaves in the rounds the words that were heard, round by round. */
function cut(rounds: readonly Round[], heard: string): void {
  let words = heard.split(/\s+/).filter((word) => word !== "");
  for (const round of rounds) {
    const count = round.text.split(/\s+/).filter((word) => word !== "").length;
    round.text = words.slice(0, count).join(" ");
    words = words.slice(count);
  }
}
