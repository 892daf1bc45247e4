import { providers } from "@tandem/catalog/providers";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { OpenEngine, OpenModels } from "../node/own-engine.ts";
import { chainDeadlines } from "../pipeline/chain-deadlines.ts";
import { makePipeline, openPipelineNode } from "../pipeline/open-pipeline.ts";
import type { PipelineNode } from "../pipeline/pipeline-parts.ts";
import type { Vad } from "../pipeline/vad.ts";
import { type ChainListener, openChain } from "../providers/chain.ts";
import { LlmChain } from "../providers/llm-chain.ts";
import type { OpenProvider } from "./provider-accounts.ts";
import { converse } from "./converse.ts";

/** Our own engine: the pipeline over every vendor's providers, and the conversation engine of the release. */
export const tandemEngine =
  (openVad: () => Vad): OpenEngine =>
  ({ clock, store }) => {
    const node = openPipelineNode({ clock, store, openVad });
    return {
      makePipeline: makePipeline(node),
      openModels: openModels(node),
      prepare: (bundle, openProvider) => prepare(node, bundle, openProvider),
      converse,
      providers,
      close: () => node.close(),
    };
  };

/** Breakers are shared with the calls that speak here: a model that fails one of them is spared for all. */
const openModels =
  ({ timers, breakers }: PipelineNode): OpenModels =>
  ({ bundle, faults, openProvider, onServed, onFailover, onProviderFailed, onBreakerOpened }) => {
    const listener: ChainListener = {
      failed: (kind, provider, { fault }) => onProviderFailed({ kind, provider, fault }),
      breakerOpened: (kind, provider) => onBreakerOpened({ kind, provider }),
    };
    const deadlineMs = chainDeadlines(bundle).llmMs;
    const chain = new LlmChain({ timers, listener, deadlineMs, onFailover, onServed });
    const parts = { bundle, openProvider, faults, breakers, timers, listener, speech: () => null };
    void openChain("llm", parts).then((links) => chain.attach(links));
    return chain;
  };

/** Nothing that fails here is lost: the first call tries again. */
function prepare(node: PipelineNode, bundle: ReleaseBundle, openProvider: OpenProvider): void {
  const { timers, breakers, phrases } = node;
  const listener: ChainListener = { failed: () => undefined, breakerOpened: () => undefined };
  const parts = { bundle, openProvider, faults: [], breakers, timers, listener, speech: () => phrases.anySpeech() };
  void phrases.prepare(bundle, () => openChain("tts", parts));
}
