import { demoAccount as cartesia } from "@tandem/cartesia/sandbox";
import { demoAccount as deepgram } from "@tandem/deepgram/sandbox";
import { demoAccount as elevenlabs } from "@tandem/elevenlabs/sandbox";
import { demoAccount as openai } from "@tandem/openai/sandbox";
import type { JsonObject } from "@tandem/kernel";
import type { TandemApi } from "./tandem-api.ts";

interface ProviderAccount {
  readonly vendor: string;
  readonly config: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
}

const speaking = (vendor: string, apiKey: string): ProviderAccount => ({ vendor, config: {}, secrets: { apiKey } });
const thinking = (service: keyof typeof openai.apiKeys): ProviderAccount => ({
  vendor: "openai",
  config: { service },
  secrets: { apiKey: openai.apiKeys[service] },
});

/** The emulators' demo accounts behind the chains of the playbooks, by role. */
export const accounts = {
  "provider.deepgram": speaking("deepgram", deepgram.apiKey),
  "provider.cartesia": speaking("cartesia", cartesia.apiKey),
  "provider.elevenlabs": speaking("elevenlabs", elevenlabs.apiKey),
  "provider.openai": thinking("openai"),
  "provider.groq": thinking("groq"),
  "provider.together": thinking("together"),
} as const satisfies Readonly<Record<`provider.${string}`, ProviderAccount>>;

/** Role → connection id. */
export type ProviderConnections = Readonly<Record<keyof typeof accounts, string>>;

/** Connects the tenant of a key to every provider of the playbooks' chains. */
export async function connectProviders(api: TandemApi): Promise<ProviderConnections> {
  const made = await Promise.all(
    Object.entries(accounts).map(async ([role, { vendor, config, secrets }]) => {
      const connection = await api.post("/v1/connections", { name: role, vendor, endpoint: "sandbox", config });
      await api.put(`/v1/connections/${connection.id}/credential`, { secrets });
      return [role, connection.id as string];
    }),
  );
  return Object.fromEntries(made) as ProviderConnections;
}
