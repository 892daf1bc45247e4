import { type AgentTools, createConversation, type ConversationEngine, type EngineEvent } from "@tandem/agent";
import { demoAccount as cartesiaAccount, sandbox as cartesia } from "@tandem/cartesia/sandbox";
import { providers } from "@tandem/catalog/providers";
import { demoAccount as deepgramAccount, sandbox as deepgram } from "@tandem/deepgram/sandbox";
import { demoAccount as elevenlabsAccount, sandbox as elevenlabs } from "@tandem/elevenlabs/sandbox";
import { type JsonObject, Secret, systemClock } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { TurnRecord } from "@tandem/domain/session";
import { demoAccount as openaiAccount, sandbox as openai } from "@tandem/openai/sandbox";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { noCounts } from "../src/call/call-counters.ts";
import type { PipelineCall } from "../src/pipeline/call-line.ts";
import { makePipeline, openPipelineNode } from "../src/pipeline/open-pipeline.ts";
import { systemTimers } from "../src/pipeline/timers.ts";
import { EnergyVad } from "../src/vad/energy-vad.ts";
import { bundleOf } from "./fixtures.ts";
import { TonePhone } from "./tone-phone.ts";
import { memoryStore } from "./voice-scene.ts";

/** Provider name → its vendor, the account's config and key. */
const accounts: Readonly<Record<string, { vendor: string; config: JsonObject; apiKey: string }>> = {
  deepgram: { vendor: "deepgram", config: {}, apiKey: deepgramAccount.apiKey },
  cartesia: { vendor: "cartesia", config: {}, apiKey: cartesiaAccount.apiKey },
  elevenlabs: { vendor: "elevenlabs", config: {}, apiKey: elevenlabsAccount.apiKey },
  openai: { vendor: "openai", config: { service: "openai" }, apiKey: openaiAccount.apiKeys.openai },
  groq: { vendor: "openai", config: { service: "groq" }, apiKey: openaiAccount.apiKeys.groq },
  together: { vendor: "openai", config: { service: "together" }, apiKey: openaiAccount.apiKeys.together },
};

const chains: ReleaseBundle["providers"] = {
  stt: [
    { provider: "deepgram", model: "nova-3", settings: {} },
    { provider: "deepgram", model: "flux-general-en", settings: {} },
    { provider: "deepgram", model: "nova-2", settings: {} },
  ],
  llm: [
    { provider: "openai", model: "gpt-4.1", lightModel: "gpt-4.1-mini", settings: {} },
    { provider: "groq", model: "llama-3.3-70b-versatile", settings: {} },
    { provider: "together", model: "meta-llama/Llama-3.3-70B-Instruct-Turbo", settings: {} },
  ],
  tts: [
    { provider: "cartesia", model: cartesiaAccount.model, voice: cartesiaAccount.voice, settings: {} },
    { provider: "elevenlabs", model: elevenlabsAccount.model, voice: elevenlabsAccount.voice, settings: {} },
    { provider: "deepgram", model: "aura-2-thalia-en", settings: {} },
  ],
};

const noTools: AgentTools = {
  isRead: () => true,
  run: () => Promise.resolve({ outcome: "failure", reply: {} }),
};

const real = { ...systemClock, ...systemTimers };

/** One call in real time: our adapters on their vendors' emulators, the real conversation, a caller who reads and speaks tones. */
export class RealScene {
  readonly sandbox: RunningSandbox;
  readonly store = memoryStore();
  readonly phone = new TonePhone(real);
  readonly counters = noCounts();
  readonly turns: TurnRecord[] = [];
  readonly ended: string[] = [];
  readonly failures: string[] = [];
  readonly node = openPipelineNode({ clock: systemClock, store: this.store, openVad: () => new EnergyVad() });
  engine!: ConversationEngine;
  readonly bundle = bundleOf("Hello there.", {
    agent: { kind: "tandem", language: "en-US", endpointingMs: 500, audio: { encoding: "mulaw", sampleRateHz: 8000 } },
    providers: chains,
    tools: [],
  });

  private constructor(sandbox: RunningSandbox) {
    this.sandbox = sandbox;
  }

  static async open(): Promise<RealScene> {
    return new RealScene(await startSandbox({ vendors: [deepgram, cartesia, elevenlabs, openai], dataDir: null }));
  }

  /** The next answer of the model to anything. */
  async models(script: JsonObject): Promise<void> {
    await this.sandbox.control.act("openai", "script", script);
  }

  async greeted(): Promise<this> {
    const { bundle, sandbox } = this;
    const open = makePipeline(this.node)({
      openProvider: (provider) => {
        const account = accounts[provider];
        const brought = providers.get(account?.vendor ?? "");
        if (account === undefined || brought === undefined) return Promise.reject(new Error(`no provider ${provider}`));
        const { vendor, config, apiKey } = account;
        const secrets = { apiKey: new Secret(apiKey) };
        const access = { config, secrets, baseUrl: sandbox.origins[vendor] ?? null, clock: systemClock };
        return Promise.resolve({ vendor, connectionId: provider, providers: brought, access });
      },
      converse: (models, onEvent: (event: EngineEvent) => void) => {
        this.engine = createConversation({
          bundle,
          call: { from: "+15550100199", epochMs: Date.now(), direction: "inbound" },
          models,
          tools: noTools,
          clock: systemClock,
          remembered: [],
          onEvent,
          waitingAfterMs: bundle.latency.endToEndMs,
        });
        return this.engine;
      },
      counters: this.counters,
      onTurn: (record) => this.turns.push(record),
      onProviderFailed: ({ kind, provider, fault }) => this.failures.push(`${kind} ${provider} ${fault}`),
      onBreakerOpened: () => undefined,
      onHandOff: (to) => this.ended.push(`hand-off ${to}`),
      onHangUp: () => this.ended.push("hang-up"),
    });
    const call = { bundle, direction: "inbound", faults: [], traceId: "0".repeat(32) };
    this.phone.connect(open(call as unknown as PipelineCall, this.phone));
    await this.until("the opening is over", () => this.turns.length === 1);
    return this;
  }

  answered(turn: number): Promise<void> {
    return this.until(`turn ${turn} is over`, () => this.turns.some((record) => record.turn === turn));
  }

  /** Effects at the vendors by name: `heard`, `said`, `cancelled`. */
  async effects(effect: string): Promise<readonly JsonObject[]> {
    const ledger = await this.sandbox.control.ledger();
    return ledger.filter((entry) => entry.effect === effect).map(({ facts }) => facts);
  }

  async until(what: string, holds: () => boolean, atMostMs = 25_000): Promise<void> {
    const untilMs = performance.now() + atMostMs;
    while (!holds()) {
      if (performance.now() > untilMs)
        throw new Error(
          `not within ${atMostMs} ms: ${what}; heard “${this.phone.text}”; failed: ${this.failures.join()}`,
        );
      await systemClock.sleep(20);
    }
  }

  async close(): Promise<void> {
    this.phone.hangUp();
    this.node.close();
    await this.sandbox.close();
  }
}
