import type { JsonObject } from "@tandem/kernel";
import type { ProviderChoice, ProviderFailure } from "./provider.ts";

/** One message of a chat, in the words of the OpenAI-compatible protocol. */
export type LlmMessage =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly toolCalls?: readonly LlmToolCall[] }
  | { readonly role: "tool"; readonly toolCallId: string; readonly content: string };

/** A tool that the model decided to use. `arguments` is JSON text as the model wrote it: unchecked. */
export interface LlmToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** A tool that the model may use; `parameters` is a JSON Schema of an object. */
export interface LlmTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

export interface LlmRequest extends Omit<ProviderChoice, "voice" | "language"> {
  readonly messages: readonly LlmMessage[];
  readonly tools: readonly LlmTool[];
  readonly maxOutputTokens: number;
}

export interface LlmUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a completion tells, in order; exactly one of `done` and `failed` ends it. */
export interface LlmListener {
  text(delta: string): void;
  /** A whole tool call: its arguments have arrived completely. */
  toolCall(call: LlmToolCall): void;
  done(outcome: {
    readonly finishReason: "stop" | "length" | "tool-calls" | "filtered";
    readonly usage: LlmUsage | null;
  }): void;
  failed(failure: ProviderFailure): void;
}

/** A completion in progress. */
export interface LlmCompletion {
  /** Stops reading at once and aborts the request at the provider; the listener hears nothing more. */
  cancel(): void;
}

/** A chat model account, streaming. Never retries. */
export interface Llm {
  /** Opens a connection in the background, so that the first completion finds one. Absent where there is nothing to open ahead. */
  connect?(): void;
  stream(request: LlmRequest, listener: LlmListener): LlmCompletion;
}
