import { z } from "zod";

/** What speaks: in this version the vendor's own LLM agent, configured from the manifest. */
export const AgentProfile = z.strictObject({
  kind: z.enum(["retell-llm"]),
  /** Address of the hosted agent's resource; its binding names agent and version at answer. */
  resource: z.string(),
  /** BCP 47, e.g. `en-US`. */
  language: z.string(),
  endpointingMs: z.int().min(300).max(800),
  audio: z.strictObject({
    encoding: z.enum(["mulaw", "alaw", "opus"]),
    sampleRateHz: z.union([z.literal(8000), z.literal(16_000), z.literal(48_000)]),
  }),
});
export type AgentProfile = z.infer<typeof AgentProfile>;

/** One STT, LLM or TTS in a chain. */
export const Provider = z.strictObject({
  provider: z.string(),
  model: z.string(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

const Chain = z.array(Provider).length(3, "must name three providers: the first choice and two fallbacks");

/** Three deep for each kind, used in order with settings intact. */
export const ProviderChains = z.strictObject({ stt: Chain, llm: Chain, tts: Chain });
export type ProviderChains = z.infer<typeof ProviderChains>;

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
