import type { Clock } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { OpenProvider } from "../call/provider-accounts.ts";
import { Breakers } from "../providers/breaker.ts";
import { openChain } from "../providers/chain.ts";
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

/**
 * Renders the fixed lines of a release in the background, so that its first call finds them: the prepared message for the case that every
 * provider fails must be there before they do. Call it when the node first sees a release; again does nothing. Never rejects.
 */
export function prepareRelease(node: PipelineNode, bundle: ReleaseBundle, openProvider: OpenProvider): Promise<void> {
  const { breakers, timers, phrases } = node;
  const listener = { failed: () => undefined, breakerOpened: () => undefined };
  const parts = { bundle, openProvider, faults: [], breakers, timers, listener, speech: () => phrases.anySpeech() };
  return phrases.prepare(bundle, () => openChain("tts", parts));
}
