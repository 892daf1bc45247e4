/** A service that speaks the protocol, and where its dialect differs. */
export interface Service {
  readonly title: string;
  /** Root of its API with version, no slash at the end; null when the connection's config names it. */
  readonly rootUrl: string | null;
  /** Member that limits the answer's length. */
  readonly outputLimit: "max_completion_tokens" | "max_tokens";
  /** Whether usage has to be asked for; the others tell it in the last chunk anyway. */
  readonly asksForUsage: boolean;
  /** Whether tool calls sent back bear their index. */
  readonly numbersToolCalls: boolean;
  /** Setting of a chain → member of the request and its type. What is not listed here is not sent. */
  readonly settings: Readonly<Record<string, Setting>>;
}

export interface Setting {
  readonly member: string;
  readonly type: "number" | "string" | "boolean";
}

const number = (member: string): Setting => ({ member, type: "number" });
const string = (member: string): Setting => ({ member, type: "string" });

const sampling = {
  temperature: number("temperature"),
  topP: number("top_p"),
  seed: number("seed"),
  presencePenalty: number("presence_penalty"),
  frequencyPenalty: number("frequency_penalty"),
};
const parallelToolCalls: Setting = { member: "parallel_tool_calls", type: "boolean" };
const reasoningEffort = string("reasoning_effort");
const topK = number("top_k");

/** Service of a connection's config → its dialect. */
export const services = {
  openai: {
    title: "OpenAI",
    rootUrl: "https://api.openai.com/v1",
    outputLimit: "max_completion_tokens",
    asksForUsage: true,
    numbersToolCalls: false,
    settings: {
      ...sampling,
      parallelToolCalls,
      reasoningEffort,
      verbosity: string("verbosity"),
      serviceTier: string("service_tier"),
    },
  },
  groq: {
    title: "Groq",
    rootUrl: "https://api.groq.com/openai/v1",
    outputLimit: "max_completion_tokens",
    asksForUsage: true,
    numbersToolCalls: false,
    settings: { ...sampling, parallelToolCalls, reasoningEffort, serviceTier: string("service_tier") },
  },
  together: {
    title: "Together",
    rootUrl: "https://api.together.ai/v1",
    outputLimit: "max_tokens",
    asksForUsage: false,
    numbersToolCalls: true,
    settings: { ...sampling, reasoningEffort, topK, repetitionPenalty: number("repetition_penalty") },
  },
  fireworks: {
    title: "Fireworks",
    rootUrl: "https://api.fireworks.ai/inference/v1",
    outputLimit: "max_tokens",
    asksForUsage: true,
    numbersToolCalls: false,
    settings: { ...sampling, parallelToolCalls, reasoningEffort, topK },
  },
  other: {
    title: "OpenAI-compatible service",
    rootUrl: null,
    outputLimit: "max_tokens",
    asksForUsage: true,
    numbersToolCalls: false,
    settings: { ...sampling, parallelToolCalls, topK },
  },
} as const satisfies Readonly<Record<string, Service>>;

export type ServiceName = keyof typeof services;
