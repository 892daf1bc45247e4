import type { JsonObject } from "@tandem/kernel";
import { z } from "zod";

/** The members of an agent's answer that we use. Numbers that Retell leaves out have its documented defaults. */
export const AgentAnswer = z.object({
  agent_id: z.string().min(1),
  version: z.number(),
  is_published: z.boolean().nullish(),
  agent_name: z.string().nullish(),
  response_engine: z.object({
    type: z.string(),
    llm_id: z.string().nullish(),
    version: z.number().nullish(),
    llm_websocket_url: z.string().nullish(),
  }),
  voice_id: z.string(),
  language: z.json().optional(),
  webhook_url: z.string().nullish(),
  interruption_sensitivity: z.number().nullish(),
  end_call_after_silence_ms: z.number().nullish(),
  max_call_duration_ms: z.number().nullish(),
  boosted_keywords: z.array(z.string()).nullish(),
});
export type AgentAnswer = z.infer<typeof AgentAnswer>;

const ToolAnswer = z.looseObject({ type: z.string(), name: z.string() });

const CustomTool = z.object({
  name: z.string(),
  description: z.string().nullish(),
  url: z.string(),
  parameters: z.custom<JsonObject>((value) => typeof value === "object" && value !== null).nullish(),
  timeout_ms: z.number().nullish(),
  speak_during_execution: z.boolean().nullish(),
  execution_message_description: z.string().nullish(),
});
export type CustomTool = z.infer<typeof CustomTool>;

/** The members of an LLM's answer that we use. */
export const LlmAnswer = z.object({
  llm_id: z.string().min(1),
  version: z.number().nullish(),
  is_published: z.boolean().nullish(),
  model: z.string().nullish(),
  model_temperature: z.number().nullish(),
  general_prompt: z.string().nullish(),
  begin_message: z.string().nullish(),
  general_tools: z
    .array(
      ToolAnswer.transform((tool) =>
        tool.type === "custom" ? CustomTool.parse(tool) : { ...tool, foreign: tool.type },
      ),
    )
    .nullish(),
  default_dynamic_variables: z.record(z.string(), z.unknown()).nullish(),
});
export type LlmAnswer = z.infer<typeof LlmAnswer>;

/** One page of a v2 list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), has_more: z.boolean(), pagination_key: z.string().nullish() });

export const AgentItem = z.object({ agent_id: z.string().min(1), agent_name: z.string().nullish() });

export const ConcurrencyAnswer = z.object({
  current_concurrency: z.number(),
  concurrency_limit: z.number().nullish(),
});

export const IdentityAnswer = z.object({ api_key_name: z.string().nullish(), org_name: z.string() });

export const NumberAnswer = z.object({
  inbound_agents: z
    .array(z.object({ agent_id: z.string().min(1), agent_version: z.number().nullish(), weight: z.number() }))
    .nullish(),
});

/** The answer of register-phone-call. */
export const RegisteredAnswer = z.object({ call_id: z.string().min(1) });

/** The answer of list-voices. */
export const VoicesAnswer = z.array(
  z.object({
    voice_id: z.string(),
    voice_name: z.string(),
    provider: z.string().nullish(),
    gender: z.string().nullish(),
    accent: z.string().nullish(),
    age: z.string().nullish(),
    preview_audio_url: z.string().nullish(),
  }),
);
