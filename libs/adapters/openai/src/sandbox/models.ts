import type { Json } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import type { Customer } from "./accounts.ts";
import { ServiceProblem } from "./problem.ts";

/** Families of chat models that the services have. A name decides nothing but whether it exists. */
const FAMILIES: readonly RegExp[] = [
  /^gpt-[a-z0-9.-]+$/u,
  /^o\d[a-z0-9-]*$/u,
  /^llama[a-z0-9.-]+$/u,
  /^(?:meta-llama|openai|qwen|mistralai|deepseek-ai|google|moonshotai)\/[A-Za-z0-9._-]+$/iu,
  /^accounts\/[a-z0-9-]+\/models\/[A-Za-z0-9._-]+$/u,
];

/** Transcription and speech models are no chat models. */
const NOT_CHAT = /transcribe|whisper|tts|embedding/u;

/** Throws the service's own problem for a model that it does not have. */
export function requireModel(model: string): void {
  if (FAMILIES.some((family) => family.test(model)) && !NOT_CHAT.test(model)) return;
  throw new ServiceProblem(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    code: "model_not_found",
  });
}

const LISTED = ["gpt-4.1", "gpt-4.1-mini", "llama-3.3-70b-versatile", "meta-llama/Llama-3.3-70B-Instruct-Turbo"];
const CREATED_SECONDS = 1_744_316_542;

const modelBody = (id: string): { readonly [member: string]: Json } => ({
  id,
  object: "model",
  created: CREATED_SECONDS,
  owned_by: "sandbox",
});

/** `GET /v1/models`; Together answers with a bare array of its own shape. */
export function listModels(customer: Customer): SandboxResponse {
  if (customer.service === "together")
    return { status: 200, body: LISTED.map((id) => ({ id, object: "model", created: CREATED_SECONDS, type: "chat" })) };
  return { status: 200, body: { object: "list", data: LISTED.map(modelBody) } };
}

/** `GET /v1/models/{model}`. */
export function getModel(id: string): SandboxResponse {
  requireModel(id);
  return { status: 200, body: modelBody(id) };
}

/** True when a setting (`true`, or a list of service names) holds for the customer's service. */
export function isSetFor(world: SandboxWorld, setting: string, { service }: Customer): boolean {
  const value = world.setting(setting);
  return value === true || (Array.isArray(value) && value.includes(service));
}
