import type { AgentModels, ConversationEngine, EngineEvent, HandOffTarget } from "@tandem/agent";
import type { Clock } from "@tandem/kernel";
import type { TurnRecord } from "@tandem/domain/session";
import type { CallCounters } from "../call/call-counters.ts";
import type { OpenProvider } from "../call/provider-accounts.ts";
import type { Breakers } from "../providers/breaker.ts";
import type { CallStall } from "./call-watch.ts";
import type { Pacer } from "./pacer.ts";
import type { PhraseBook } from "./phrase-book.ts";
import type { Timers } from "./timers.ts";
import type { Vad } from "./vad.ts";

/** What all calls of a node share. */
export interface PipelineNode {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly pacer: Pacer;
  readonly breakers: Breakers;
  readonly phrases: PhraseBook;
  readonly openVad: () => Vad;
}

/** What the pipeline of one call is made of. Callbacks are synchronous and never throw. */
export interface PipelineParts {
  readonly openProvider: OpenProvider;
  /** The call's conversation over the chain of models; its events go to `onEvent`. Called once. */
  readonly converse: (models: AgentModels, onEvent: (event: EngineEvent) => void) => ConversationEngine;
  readonly counters: CallCounters;
  readonly onTurn: (record: TurnRecord) => void;
  readonly onProviderFailed: (facts: {
    readonly kind: string;
    readonly provider: string;
    readonly fault: string;
  }) => void;
  readonly onBreakerOpened: (facts: { readonly kind: string; readonly provider: string }) => void;
  /** Nothing was said or heard for longer than any rule allows. */
  readonly onStalled?: (stall: CallStall) => void;
  /** What had to be said has been heard. */
  readonly onHandOff: (to: HandOffTarget, summary: string) => void;
  readonly onHangUp: () => void;
  /** Something of ours threw; the call goes to a person. */
  readonly onDefect?: (error: unknown) => void;
}
