import type { LlmListener, LlmMessage, LlmRequest } from "@tandem/ports/llm";
import type { AgentModels } from "../src/index.ts";

/** What a scripted model does when it is asked. */
export type ModelReply =
  | {
      readonly say?: string;
      /** Name and arguments; a text is passed on as it is. */
      readonly calls?: readonly (readonly [name: string, args: object | string])[];
      readonly finish?: "stop" | "length" | "filtered";
    }
  | "fails"
  /** Says nothing until the test drives the listener. */
  | "waits";

export interface Asked {
  readonly messages: readonly LlmMessage[];
  readonly tools: LlmRequest["tools"];
  readonly tier: "light" | "full";
  readonly listener: LlmListener;
  isCancelled: boolean;
}

/** Models that answer what the test wrote down, in order; everything they were asked is kept. */
export class ScriptedModels implements AgentModels {
  readonly asked: Asked[] = [];
  /** Answers every question that nothing was written down for; absent: such a question is an error. */
  otherwise: ((asked: Asked) => ModelReply) | null = null;
  readonly #replies: ModelReply[];

  constructor(...replies: ModelReply[]) {
    this.#replies = replies;
  }

  expect(...replies: ModelReply[]): void {
    this.#replies.push(...replies);
  }

  get last(): Asked {
    const asked = this.asked.at(-1);
    if (asked === undefined) throw new Error("no model was asked");
    return asked;
  }

  /** The system message of the last question. */
  get prompt(): string {
    return this.last.messages[0]?.content ?? "";
  }

  stream(
    request: Pick<LlmRequest, "messages" | "tools">,
    tier: "light" | "full",
    listener: LlmListener,
  ): { cancel(): void } {
    const asked: Asked = { ...request, tier, listener, isCancelled: false };
    this.asked.push(asked);
    const reply = this.#replies.shift() ?? this.otherwise?.(asked);
    if (reply === undefined) throw new Error(`nobody wrote down an answer to question ${this.asked.length}`);
    if (reply !== "waits") answer(asked, reply, this.asked.length);
    return {
      cancel: () => {
        asked.isCancelled = true;
      },
    };
  }
}

/** Plays a reply to a listener, word by word. */
export function answer({ listener }: Asked, reply: Exclude<ModelReply, "waits">, question = 0): void {
  if (reply === "fails") {
    listener.failed({ fault: "unavailable", message: "down", retryAfterMs: null });
    return;
  }
  for (const word of (reply.say ?? "").split(/(?<= )/).filter((text) => text !== "")) listener.text(word);
  (reply.calls ?? []).forEach(([name, args], index) =>
    listener.toolCall({
      id: `call-${question}-${index}`,
      name,
      arguments: typeof args === "string" ? args : JSON.stringify(args),
    }),
  );
  const finishReason = reply.finish ?? (reply.calls === undefined ? "stop" : "tool-calls");
  listener.done({ finishReason, usage: { inputTokens: 100, outputTokens: 10 } });
}
