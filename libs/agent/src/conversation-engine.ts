import type { Clock, Instant, Json, JsonObject } from "@tandem/kernel";
import type { Fact } from "@tandem/domain/conversation";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { LlmCompletion, LlmListener, LlmRequest } from "@tandem/ports/llm";

/** One line to be spoken. An uninterruptible one is played to its end whatever the caller does. */
export interface SpokenLine {
  readonly text: string;
  readonly isUninterruptible: boolean;
}

/** What the caller said in one turn, as far as it is known. */
export interface CallerTurn {
  readonly text: string;
  /** 0–1; 1 for keypad entries and where the recognition tells none. Below 0.4 no model is asked: the caller is, once. */
  readonly confidence: number;
  readonly via: "speech" | "keypad";
}

/** Who the call is handed to. */
export type HandOffTarget = "human" | "emergency";

/** What follows once a response has been spoken. */
export type ResponseOutcome =
  | { readonly next: "listen" }
  | { readonly next: "hand-off"; readonly to: HandOffTarget; readonly summary: string }
  | { readonly next: "hang-up" }
  /** No model answered and the deterministic path had nothing left: the prepared message, then a person. */
  | { readonly next: "failed" };

/** Told as a response comes into being, synchronously, in order. */
export interface ResponseSink {
  /** Text to speak, as the model makes it; whitespace matters. */
  text(delta: string): void;
  /** A line of ours that is spoken whole, in place (an emergency line, a deterministic question). */
  line(line: SpokenLine): void;
  /** A tool runs and its acknowledgement is ready: spoken only if no text comes within the turn's own budget. */
  waiting(acknowledgement: string): void;
  /** The response is whole; nothing more is told. */
  done(outcome: ResponseOutcome): void;
}

/** A response to one caller turn. Until `commit` it has no effect outside: no write, no moved step, no stored fact. */
export interface PendingResponse {
  /** The caller's turn has ended and this is its answer. What waited for that (writes, hand-off) goes on. */
  commit(): void;
  /** Not this one: the caller went on. Before `commit` only; leaves no trace. */
  discard(): void;
  /** The caller took the floor; `heard` is what was really heard of it. Writes in progress finish and are recorded. */
  interrupt(heard: string): void;
  /** All of it was heard. */
  finish(): void;
}

/** A tool's answer as the model sees it. */
export interface ToolAnswer {
  readonly outcome: "success" | "empty" | "failure";
  readonly reply: JsonObject;
}

/** Tools of the call's release. Never throws: what fails is a `failure` the model can act on. */
export interface AgentTools {
  /** True for tools that change nothing: they may run speculatively and are cached for the call. */
  isRead(tool: string): boolean;
  run(tool: string, args: Readonly<Record<string, Json>>, isSpeculative: boolean): Promise<ToolAnswer>;
}

/** The chain of models behind the engine: failover inside, settings of each provider intact. */
export interface AgentModels {
  /** `tier`: `light` for routine turns, `full` when the step or low confidence asks for it. `failed` means that the whole chain failed. */
  stream(
    request: Pick<LlmRequest, "messages" | "tools" | "maxOutputTokens">,
    tier: "light" | "full",
    listener: LlmListener,
  ): LlmCompletion;
}

/** A fact of the conversation: a field's accepted value, confirmed by the caller as the field asks for it or not. */
export type CollectedFact = Fact;

/** Where a conversation stands: for records, memory across calls, and a hosted agent's socket that reconnects. */
export interface ConversationState {
  readonly objective: string;
  readonly facts: readonly CollectedFact[];
  /** What was really said and heard, in order. */
  readonly transcript: readonly TranscriptLine[];
}

export interface TranscriptLine {
  readonly who: "caller" | "agent";
  readonly text: string;
  readonly at: Instant;
}

/** What happened inside, for records and metrics. Told synchronously; must not throw. */
export type EngineEvent =
  | { readonly type: "objective-entered"; readonly objective: string }
  | { readonly type: "fact-collected"; readonly field: string; readonly isCorrection: boolean }
  | { readonly type: "tool-started"; readonly tool: string; readonly isSpeculative: boolean }
  | {
      readonly type: "tool-finished";
      readonly tool: string;
      readonly outcome: ToolAnswer["outcome"];
      readonly durationMs: number;
      readonly wasCached: boolean;
    }
  | { readonly type: "model-asked"; readonly tier: "light" | "full"; readonly isSpeculative: boolean }
  | { readonly type: "model-answered"; readonly inputTokens: number; readonly outputTokens: number }
  /** The model's output was not what its schema asks for; `repaired` once, then `deterministic`. */
  | { readonly type: "output-rejected"; readonly path: "repaired" | "deterministic" }
  /** The caller was asked whether the call may be recorded, and has answered. */
  | { readonly type: "consent-answered"; readonly isGiven: boolean };

/** What a conversation is made of. */
export interface ConversationOptions {
  readonly bundle: ReleaseBundle;
  readonly call: {
    /** E.164 of the other party; empty when withheld. */
    readonly from: string;
    /** When the call was answered. */
    readonly epochMs: number;
    readonly direction: "inbound" | "outbound";
  };
  readonly models: AgentModels;
  readonly tools: AgentTools;
  readonly clock: Clock;
  /** Facts of earlier calls, or of the lead that is called: known, and not confirmed. */
  readonly remembered: readonly CollectedFact[];
  readonly onEvent: (event: EngineEvent) => void;
  /** A tool without an acknowledgement of its own that takes longer than this is excused with a line of ours, milliseconds. */
  readonly waitingAfterMs: number;
  /** Goes on where an earlier engine of the same call left off; without a transcript: nobody knows where that was. Absent: from the beginning. */
  readonly resumed?: ConversationState;
}

/** One conversation of one call, whatever carries the voice. At most one response is pending at a time. */
export interface ConversationEngine {
  /**
   * Said at pickup, in order: disclosure and consent (uninterruptible), then the greeting. Where consent is asked for the question comes
   * last and the greeting follows a yes. Resumed after its opening, a conversation begins with an excuse and what was asked last instead; with the excuse and the
   * opening where what was said is lost.
   */
  readonly opening: readonly SpokenLine[];
  /** What was heard of the opening, once it is over or was interrupted. */
  opened(heard: string): void;
  /** Begins an answer. */
  respond(turn: CallerTurn, sink: ResponseSink): PendingResponse;
  /** The caller has been silent: asks again once, then says goodbye. */
  remind(sink: ResponseSink): PendingResponse;
  readonly state: ConversationState;
  /** A short account for the person who takes over. */
  summary(): string;
  /** The call is over: what runs is let finish, nothing new begins. */
  close(): void;
}
