import type { Clock } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import { Breakers } from "../providers/breaker.ts";
import type { OpenPipeline } from "./call-line.ts";
import { Pacer } from "./pacer.ts";
import { PhraseBook } from "./phrase-book.ts";
import type { PipelineNode, PipelineParts } from "./pipeline-parts.ts";
import { systemTimers, type Timers } from "./timers.ts";
import type { Vad } from "./vad.ts";
import { VoiceCall } from "./voice-call.ts";

/** What all calls of a node share: one ticker, the breakers, the prepared lines. */
export function openPipelineNode(options: {
  readonly clock: Clock;
  readonly store: ObjectStore;
  readonly openVad: () => Vad;
  readonly timers?: Timers;
}): PipelineNode & { close(): void } {
  const { clock, store, openVad, timers = systemTimers } = options;
  const breakers = new Breakers(timers);
  const phrases = new PhraseBook({ store, timers });
  return {
    clock,
    timers,
    pacer: new Pacer(timers),
    breakers,
    phrases,
    openVad,
    close: () => {
      breakers.stop();
      phrases.close();
    },
  };
}

/** Composes the pipeline of one call on a node. */
export const makePipeline =
  (node: PipelineNode) =>
  (parts: PipelineParts): OpenPipeline =>
  (call, line) =>
    new VoiceCall(node, parts, call, line);
