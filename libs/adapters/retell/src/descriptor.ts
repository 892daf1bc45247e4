import type { AdapterDescriptor, ResourceKind } from "@tandem/ports/adapter";
import { referenceOr } from "@tandem/ports/reference";
import { z } from "zod";

/** A Retell connection has no config besides its secrets: the key decides the workspace. */
export const RetellConfig = z.strictObject({});

const text = referenceOr(z.string());

/** A tool that the agent may call: a webhook of ours. */
export const ToolFields = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be letters, digits, underscores and dashes, at most 64"),
  description: z.string(),
  url: text,
  /** JSON Schema of the arguments: an object. */
  parameters: z.looseObject({ type: z.literal("object") }),
  /** The vendor accepts nothing below one second. */
  timeoutMs: z.int().min(1000).max(600_000),
  /** Whether the agent says `executionMessage` while the tool runs. */
  speakDuring: z.boolean(),
  executionMessage: z.string(),
});
export type ToolFields = z.infer<typeof ToolFields>;

/** What the agent thinks with. */
export const LlmFields = z.strictObject({
  model: z.string().min(1),
  temperature: z.number().min(0).max(1),
  prompt: z.string(),
  /** First sentence, said at once. */
  beginMessage: z.string(),
  tools: z.array(ToolFields),
});
export type LlmFields = z.infer<typeof LlmFields>;

/**
 * What speaks and listens. It thinks with an LLM of the vendor's (`llmId`, `llmVersion`) or asks our socket what to say
 * (`llmWebsocketUrl`): exactly one of the two.
 */
export const AgentFields = z
  .strictObject({
    name: z.string().min(1).max(200),
    llmId: referenceOr(z.string().min(1)).optional(),
    /** Version of the LLM, decimal digits: a version is text everywhere in Tandem. */
    llmVersion: referenceOr(z.string().regex(/^\d+$/, "must be decimal digits")).optional(),
    /** The vendor dials `<llmWebsocketUrl>/<call id>` for each call. */
    llmWebsocketUrl: z
      .string()
      .regex(/^wss?:\/\/[^\s/]+\/\S*[^\s/]$/, "must be a ws:// or wss:// address with a path and no slash at its end")
      .optional(),
    voiceId: z.string().min(1),
    /** BCP 47, e.g. `en-US`. */
    language: z.string().min(2),
    /** Told when a call starts, ends and is analysed. */
    webhookUrl: text,
    interruptionSensitivity: z.number().min(0).max(1),
    endCallAfterSilenceMs: z.int().min(10_000),
    maxCallDurationMs: z.int().min(60_000).max(7_200_000),
    boostedKeywords: z.array(z.string()),
  })
  .refine(
    ({ llmId, llmVersion, llmWebsocketUrl }) =>
      llmWebsocketUrl === undefined
        ? llmId !== undefined && llmVersion !== undefined
        : llmId === undefined && llmVersion === undefined,
    { path: ["llmId"], message: "must stand with `llmVersion`, or `llmWebsocketUrl` alone" },
  );
export type AgentFields = z.infer<typeof AgentFields>;

/**
 * An LLM has neither a draft nor a publish call of its own: publishing the agent freezes it. So it is never changed in place but
 * replaced, and its version is always its first.
 */
export const llmKind: ResourceKind = {
  kind: "voice-agent.llm",
  owner: "slot",
  identity: "tag-search",
  settleMs: 15_000,
  fields: LlmFields,
  onCreate: ["create"],
  onUpdate: [],
  replaceOn: [],
  removalIsIrreversible: false,
  callerEffect: "what the agent says and may do",
};

export const agentKind: ResourceKind = {
  kind: "voice-agent.agent",
  owner: "slot",
  identity: "tag-search",
  settleMs: 15_000,
  fields: AgentFields,
  onCreate: ["create", "publish"],
  onUpdate: ["draft", "update", "publish"],
  replaceOn: ["llmId", "llmWebsocketUrl"],
  removalIsIrreversible: false,
  callerEffect: "how the agent sounds and listens",
};

export const descriptor: AdapterDescriptor = {
  id: "retell",
  title: "Retell",
  roles: ["voiceAgent"],
  config: RetellConfig,
  secrets: [
    {
      name: "apiKey",
      label: "API key",
      hint: "Dashboard → Settings → API keys. Every key has all rights of its workspace.",
    },
    {
      name: "webhookKey",
      label: "Webhook key",
      hint: "Only when the key with the webhook badge is another one, or while keys rotate: signatures of either are accepted.",
      isOptional: true,
    },
  ],
  setUp: [
    {
      text: "Settings → API keys: copy a key. Every key has all rights of its workspace.",
      at: "https://dashboard.retellai.com",
      gives: ["apiKey"],
    },
    {
      text: "Only when the key with the webhook badge is another one: copy that one, too.",
      gives: ["webhookKey"],
    },
    {
      text: "Nothing else: agents, language models and webhook addresses are made by rollouts, and numbers stay at the carrier.",
    },
  ],
  requiredScopes: {},
  resources: [llmKind, agentKind],
  listsVoices: true,
  limits: { requestsPerSecond: 5, note: "The vendor publishes no request rates; 429 was not processed." },
  sandboxName: "retell",
};
