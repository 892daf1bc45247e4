import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { z } from "zod";

const IP_LITERAL = /^(\[.*\]|[\d.]+)$/u;

/** The root of an API: `https`, a host by name, the usual ports, nothing that names a user or a query. */
function isApiRoot(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") return false;
  if (url.search !== "" || url.hash !== "" || !["", "8443"].includes(url.port)) return false;
  return url.hostname.includes(".") && !IP_LITERAL.test(url.hostname);
}

/** Which service the account is at. */
export const OpenAiConfig = z
  .strictObject({
    service: z.enum(["openai", "groq", "together", "fireworks", "other"]).default("openai"),
    /** Root of the API including its version, e.g. `https://llm.example.com/v1`: needed for `other`, else the service's own. */
    baseUrl: z
      .string()
      .refine(isApiRoot, "must be an https address by name, with port 443 or 8443, without user and query")
      .optional(),
  })
  .refine(({ service, baseUrl }) => service !== "other" || baseUrl !== undefined, {
    path: ["baseUrl"],
    message: "must name the API of the service",
  });
export type OpenAiConfig = z.infer<typeof OpenAiConfig>;

export const descriptor: AdapterDescriptor = {
  id: "openai",
  title: "OpenAI-compatible",
  roles: [],
  providers: { openai: ["llm"], groq: ["llm"], together: ["llm"], fireworks: ["llm"] },
  config: OpenAiConfig,
  secrets: [
    {
      name: "apiKey",
      label: "API key",
      hint: "A project key of the service that may use chat completions and list models, nothing else.",
    },
  ],
  setUp: [
    {
      text: "Choose the service. One connection serves one service.",
      gives: ["service"],
    },
    {
      text: "Settings → Project → API keys: create a restricted key that may use chat completions and list models, nothing else.",
      at: "https://platform.openai.com/api-keys",
      gives: ["apiKey"],
      onlyFor: { member: "service", value: "openai" },
    },
    {
      text: "API Keys: create a key.",
      at: "https://console.groq.com/keys",
      gives: ["apiKey"],
      onlyFor: { member: "service", value: "groq" },
    },
    {
      text: "Settings → API Keys: create a key.",
      at: "https://api.together.ai/settings/api-keys",
      gives: ["apiKey"],
      onlyFor: { member: "service", value: "together" },
    },
    {
      text: "API Keys: create a key.",
      at: "https://app.fireworks.ai",
      gives: ["apiKey"],
      onlyFor: { member: "service", value: "fireworks" },
    },
    {
      text: "Name the root of the API with its version: an https address by name, with port 443 or 8443, that leads to public addresses only. The service gives you its key.",
      gives: ["baseUrl", "apiKey"],
      onlyFor: { member: "service", value: "other" },
    },
  ],
  requiredScopes: {},
  resources: [],
  limits: { requestsPerSecond: 10, note: "Requests and tokens per minute depend on service, model and account tier." },
  sandboxName: "openai",
};
