import { z } from "zod";

/**
 * What speaks. `tandem`: our own engine on the carrier's audio (STT → LLM → TTS). `custom-llm`: the vendor's hosted agent, asking our
 * conversation engine what to say. `retell-llm`: the vendor's own LLM agent, configured from the manifest.
 */
export const AgentKind = z.enum(["tandem", "custom-llm", "retell-llm"]);
export type AgentKind = z.infer<typeof AgentKind>;

export const AgentProfile = z
  .strictObject({
    kind: AgentKind,
    /** Address of the hosted agent's resource; its binding names agent and version at answer. Not used by `tandem`. */
    resource: z.string().optional(),
    /** BCP 47, e.g. `en-US`. */
    language: z.string(),
    /** Silence that ends an unclear turn, milliseconds: 300 aggressive, 800 conservative. A complete sentence ends sooner. */
    endpointingMs: z.int().min(300).max(800),
    /** Whether answers are begun on stable partials; true when absent. */
    isSpeculative: z.boolean().optional(),
    /** Said to an answering machine on calls that we place; absent: such calls hang up without a word. */
    voicemailMessage: z.string().min(1).optional(),
    audio: z.strictObject({
      encoding: z.enum(["mulaw", "alaw", "opus"]),
      sampleRateHz: z.union([z.literal(8000), z.literal(16_000), z.literal(48_000)]),
    }),
  })
  .refine(({ kind, resource }) => kind === "tandem" || resource !== undefined, {
    path: ["resource"],
    message: "must be the address of the hosted agent; only `kind: tandem` needs none",
  });
export type AgentProfile = z.infer<typeof AgentProfile>;

/** One STT, LLM or TTS in a chain. */
export const Provider = z.strictObject({
  provider: z.string(),
  model: z.string(),
  /** LLM only: the model for routine turns; `model` where the step or low confidence asks for it. */
  lightModel: z.string().optional(),
  /** TTS only: the voice id, where the model is not the voice. */
  voice: z.string().optional(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type Provider = z.infer<typeof Provider>;

const Chain = z.array(Provider).length(3, "must name three providers: the first choice and two fallbacks");

/** Three deep for each kind, used in order with settings intact. */
export const ProviderChains = z.strictObject({ stt: Chain, llm: Chain, tts: Chain });
export type ProviderChains = z.infer<typeof ProviderChains>;
/** What a provider of a chain can be. */
export type ProviderKind = keyof ProviderChains;

/** Chains that a kind of agent speaks through; the others are the business of the vendor that hosts it. */
export const chainsOf: Readonly<Record<AgentKind, readonly ProviderKind[]>> = {
  tandem: ["stt", "llm", "tts"],
  "custom-llm": ["llm"],
  "retell-llm": [],
};

/** Budget of one turn, p95 milliseconds per component and end to end. 1200 ms is always an alarm. */
export const LatencyTargets = z
  .strictObject({
    profile: z.enum(["strict-300", "responsive-500", "enterprise-700"]),
    sttMs: z.int().positive(),
    llmFirstTokenMs: z.int().positive(),
    ttsFirstAudioMs: z.int().positive(),
    networkMs: z.int().positive(),
    endToEndMs: z.int().positive().max(1200),
  })
  .refine(({ profile, endToEndMs }) => !(endToEndMs > Number(profile.slice(-3))), {
    path: ["endToEndMs"],
    message: "must be within the profile: its number is the most milliseconds end to end",
  });
export type LatencyTargets = z.infer<typeof LatencyTargets>;
