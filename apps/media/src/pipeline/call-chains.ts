import type { ChainListener } from "../providers/chain.ts";
import { openChain } from "../providers/chain.ts";
import { LlmChain } from "../providers/llm-chain.ts";
import { SttChain } from "../providers/stt-chain.ts";
import { TtsChain } from "../providers/tts-chain.ts";
import type { PipelineCall } from "./call-line.ts";
import { chainDeadlines } from "./chain-deadlines.ts";
import type { PipelineNode, PipelineParts } from "./pipeline-parts.ts";
import type { Transcriber } from "./transcribe.ts";
import type { TurnDriver } from "./turn-driver.ts";
import type { TurnLog } from "./turn-log.ts";

/** The three chains of one call. */
export interface CallChains {
  readonly ears: SttChain;
  readonly models: LlmChain;
  readonly voice: TtsChain;
  /** Opens the accounts; each chain is used as soon as its own are open, until then what it is asked waits. */
  open(): void;
}

export interface CallChainsParts {
  readonly node: PipelineNode;
  readonly parts: PipelineParts;
  readonly call: PipelineCall;
  readonly turns: TurnDriver;
  readonly transcriber: Transcriber;
  readonly log: TurnLog;
}

/** Composes the chains: what they hear goes to the transcriber, what fails to the records, what is exhausted to the turn machine. */
export function callChains({ node, parts, call, turns, transcriber, log }: CallChainsParts): CallChains {
  const { clock, timers, breakers, phrases } = node;
  const { bundle, faults } = call;
  const deadlines = chainDeadlines(bundle);
  const listener: ChainListener = {
    failed: (kind, provider, { fault }) => parts.onProviderFailed({ kind, provider, fault }),
    breakerOpened: (kind, provider) => {
      parts.counters.breakersOpened += 1;
      parts.onBreakerOpened({ kind, provider });
    },
  };
  const onFailover = () => log.failedOver();
  const ears = new SttChain({
    clock,
    endpointingMs: bundle.agent.endpointingMs,
    keywords: keywordsOf(call),
    deadlineMs: deadlines.sttMs,
    afterVoiceMs: deadlines.sttAfterVoiceMs,
    listener,
    onEvent: transcriber.onEvent,
    onFailover: () => {
      log.failedOver();
      transcriber.restart();
    },
    onExhausted: () => turns.tell({ type: "chain-failed" }),
  });
  const onModel = (provider: string, model: string) => log.served("llm", { provider, model });
  const onVoice = (provider: string, model: string) => log.served("tts", { provider, model });
  const models = new LlmChain({ timers, listener, deadlineMs: deadlines.llmMs, onFailover, onServed: onModel });
  const voice = new TtsChain({ timers, listener, deadlineMs: deadlines.ttsMs, onFailover, onServed: onVoice });
  const open = (): void => {
    const speech = () => phrases.anySpeech();
    const opening = { bundle, openProvider: parts.openProvider, faults, breakers, timers, listener, speech };
    void openChain("stt", opening).then((links) => ears.attach(links));
    void openChain("llm", opening).then((links) => models.attach(links));
    void openChain("tts", opening).then((links) => {
      voice.attach(links);
      if (!faults.includes("tts-outage")) void phrases.prepare(bundle, () => Promise.resolve(links));
    });
  };
  return { ears, models, voice, open };
}

/** Names that callers say and recognisers would not guess. */
function keywordsOf({ bundle }: PipelineCall): readonly string[] {
  const name = bundle.parameters["businessName"]?.value;
  return typeof name === "string" && name !== "" ? [name] : [];
}
