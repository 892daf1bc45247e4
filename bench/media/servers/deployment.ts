// What the node of the benchmark serves: one deployment with two releases that differ in every provider's choice, so that what is heard
// tells which of them spoke.
import type { ReleaseBundle } from "@tandem/domain/release";
import { Secret } from "@tandem/kernel";
import type { ServedConnection, ServedDeployment } from "@tandem/ports/store/pointer-feed";
import { makeSealer } from "@tandem/secrets";
import {
  bundleOf,
  connectionOf,
  deploymentOf,
  pointerAt,
  slotWith,
} from "../../../apps/media/test-support/fixtures.ts";
import { AUTH_TOKEN, INGRESS_KEY } from "../carrier.ts";

export type Release = "blue" | "green";

const ROLES = ["telephony", "provider.deepgram", "provider.cartesia", "provider.openai"] as const;
const vendorOf = (role: string): string => (role === "telephony" ? "twilio" : role.slice("provider.".length));

/** `isSpeculative`: answers are begun before the turn has ended. */
export function benchBundle(release: Release, isSpeculative: boolean): ReleaseBundle {
  const base = bundleOf("Hello, how can I help you?");
  const chain = (provider: string, voice?: string) =>
    [1, 2, 3].map((n) => ({
      provider,
      model: `${release}-${n}`,
      ...(voice === undefined ? {} : { voice }),
      settings: provider === "cartesia" ? { maxBufferDelayMs: 0 } : {},
    }));
  return {
    ...base,
    connections: Object.fromEntries(
      ROLES.map((role) => [role, { connectionId: `c-${vendorOf(role)}`, vendor: vendorOf(role), requiredScopes: [] }]),
    ),
    agent: {
      kind: "tandem",
      language: "en-US",
      endpointingMs: 300,
      isSpeculative,
      audio: { encoding: "mulaw", sampleRateHz: 8000 },
    },
    tools: [],
    providers: { stt: chain("deepgram"), llm: chain("openai"), tts: chain("cartesia", release) },
    policies: {
      ...base.policies,
      disclosure: { text: "This is an assistant." },
      consent: { recording: "announce", text: "This call is recorded." },
      retention: { recordingDays: 1, transcriptDays: 1 },
      redaction: { kinds: ["card", "phone", "email", "name"] },
    },
  };
}

export function benchDeployment(
  connections: Readonly<Record<string, ServedConnection>>,
  bundles: Readonly<Record<Release, ReleaseBundle>>,
  at: { readonly active: Release; readonly generation: number },
): ServedDeployment {
  const slots = { blue: slotWith(bundles.blue, "agent_blue"), green: slotWith(bundles.green, "agent_green") };
  const pointer = pointerAt(at.generation, at.active);
  return deploymentOf({ ingressKey: INGRESS_KEY, connections, slots, pointer, mark: `${at.generation}.1.1.0` });
}

/** Accounts of the carrier and of the providers, sealed as the database holds them. */
export async function sealedConnections(publicJwk: string): Promise<Record<string, ServedConnection>> {
  const sealer = await makeSealer(publicJwk);
  const accountSid = `AC${"0".repeat(32)}`;
  const accounts: Record<string, { config: ServedConnection["config"]; secrets: Record<string, string> }> = {
    twilio: {
      config: { accountSid, apiKeySid: `SK${"0".repeat(32)}` },
      secrets: { authToken: AUTH_TOKEN, apiKeySecret: "x" },
    },
    deepgram: { config: {}, secrets: { apiKey: "bench-key" } },
    cartesia: { config: {}, secrets: { apiKey: "bench-key" } },
    openai: { config: { service: "openai" }, secrets: { apiKey: "bench-key" } },
  };
  const connections: Record<string, ServedConnection> = {};
  for (const [vendor, { config, secrets }] of Object.entries(accounts)) {
    const named = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
    const sealed = await sealer.seal({ tenantId: "t1", connectionId: `c-${vendor}`, version: 1 }, named);
    connections[`c-${vendor}`] = { ...connectionOf(vendor, sealed), config };
  }
  return connections;
}
