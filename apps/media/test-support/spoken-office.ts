// A whole spoken installation without a database: the emulated carrier, the emulated providers, one deployment, and a node with the real engine.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoAccount as cartesiaAccount, sandbox as cartesia } from "@tandem/cartesia/sandbox";
import { agents, carriers } from "@tandem/catalog/inbound";
import { demoAccount as deepgramAccount, sandbox as deepgram } from "@tandem/deepgram/sandbox";
import type { ReleaseBundle } from "@tandem/domain/release";
import { demoAccount as elevenlabsAccount, sandbox as elevenlabs } from "@tandem/elevenlabs/sandbox";
import { Secret } from "@tandem/kernel";
import { demoAccount as openaiAccount, sandbox as openai } from "@tandem/openai/sandbox";
import type { ServedConnection } from "@tandem/ports/store/pointer-feed";
import { demoWorkspace, sandbox as retell } from "@tandem/retell/sandbox";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { makeSealer, makeSealingKeys } from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";
import { demoAccount as twilioAccount, sandbox as twilio } from "@tandem/twilio/sandbox";
import { tandemEngine } from "../src/call/tandem-engine.ts";
import { type MediaNode, type MediaNodeOptions, startMediaNode } from "../src/node/media-node.ts";
import { EnergyVad } from "../src/vad/energy-vad.ts";
import { bundleOf, connectionOf, deploymentOf, MemoryFeed, pointerAt, slotWith } from "./fixtures.ts";
import { KeepingWriter, ticketKey } from "./node-harness.ts";

export const number = twilioAccount.numbers[0];
export const INGRESS_KEY = "0123456789abcdefghijklmnop";

export interface SpokenOffice {
  readonly sandbox: RunningSandbox;
  readonly feed: MemoryFeed;
  readonly writer: KeepingWriter;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly bundle: ReleaseBundle;
  node: MediaNode;
  /** Serves a release in both slots; `agentId` is the hosted agent that they are bound to, at its version 0. */
  serve(bundle: ReleaseBundle, agentId?: string): void;
  start(change?: Partial<MediaNodeOptions>): Promise<void>;
  stop(): Promise<void>;
}

const ROLES = [
  "telephony",
  "voiceAgent",
  "provider.deepgram",
  "provider.cartesia",
  "provider.elevenlabs",
  "provider.openai",
] as const;

/** A release that speaks through the emulated providers. */
export function spokenBundle(change: Partial<ReleaseBundle> = {}): ReleaseBundle {
  const base = bundleOf("Hello, this is the front desk. What is your name?");
  const connections = Object.fromEntries(
    ROLES.map((role) => {
      const vendor =
        role === "telephony" ? "twilio" : role === "voiceAgent" ? "retell" : role.slice("provider.".length);
      return [role, { connectionId: `c-${vendor}`, vendor, requiredScopes: [] }];
    }),
  );
  const choice = (provider: string, model: string, voice?: string) =>
    voice === undefined ? { provider, model, settings: {} } : { provider, model, voice, settings: {} };
  return bundleOf("", {
    deployment: { ...base.deployment, number },
    connections,
    agent: { kind: "tandem", language: "en-US", endpointingMs: 300, audio: { encoding: "mulaw", sampleRateHz: 8000 } },
    conversation: {
      persona: "You answer the phone of a small office.",
      greeting: "Hello, this is the front desk.",
      fields: [
        {
          name: "caller_name",
          type: "text",
          description: "Name of the caller",
          confirm: "none",
          required: true,
          personal: true,
        },
        {
          name: "reason",
          type: "text",
          description: "Why they call",
          confirm: "none",
          required: true,
          personal: false,
        },
      ],
      objectives: [
        {
          name: "greet",
          instruction: "Find out who calls.",
          collect: ["caller_name"],
          tools: [],
          next: [{ when: { is: "collected", fields: ["caller_name"] }, to: "reason" }],
        },
        {
          name: "reason",
          instruction: "Find out why they call.",
          collect: ["reason"],
          tools: [],
          next: [{ when: { is: "collected", fields: ["reason"] }, to: "end" }],
        },
      ],
      start: "greet",
      limits: { maxCallMinutes: 5, inactivitySeconds: 30 },
    },
    tools: [
      {
        name: "transfer_call",
        description: "Connects the caller to a person.",
        operation: "call.transfer",
        arguments: { destination: { type: "string", description: "human or emergency", required: true } },
        settings: {},
        acknowledgement: "One moment.",
        timeoutMs: 5000,
      },
    ],
    providers: {
      stt: [choice("deepgram", "nova-3"), choice("deepgram", "nova-2"), choice("deepgram", "nova-3")],
      llm: [choice("openai", "gpt-4.1-mini"), choice("openai", "gpt-4.1"), choice("openai", "gpt-4o")],
      tts: [
        choice("cartesia", cartesiaAccount.model, cartesiaAccount.voice),
        choice("elevenlabs", elevenlabsAccount.model, elevenlabsAccount.voice),
        choice("deepgram", "aura-2-thalia-en"),
      ],
    },
    policies: {
      ...base.policies,
      disclosure: { text: "This is an assistant." },
      redaction: { kinds: ["card", "phone", "email", "name"] },
    },
    ...change,
  });
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export async function openSpokenOffice(): Promise<SpokenOffice> {
  const sandbox = await startSandbox({
    vendors: [twilio, retell, deepgram, cartesia, elevenlabs, openai],
    dataDir: null,
  });
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const dataDir = await mkdtemp(join(tmpdir(), "tandem-spoken-"));
  const keys = await makeSealingKeys("k1");
  const connections = await sealedConnections(keys.publicJwk);
  const feed = new MemoryFeed();
  const writer = new KeepingWriter();
  const voice = `${publicUrl}/voice/${INGRESS_KEY}`;
  const form = { VoiceUrl: voice, StatusCallback: `${voice}/status`, VoiceFallbackUrl: `${voice}/fallback` };
  await sandbox.control.act("twilio", "editNumber", { number, form });
  const options: MediaNodeOptions = {
    host: "127.0.0.1",
    port,
    publicUrl,
    node: "node-1",
    dataDir,
    ticketKey,
    feed,
    writer,
    sealingPrivateKey: new Secret(keys.privateJwk),
    sandboxOrigins: sandbox.origins,
    pollMs: 25,
    drainMs: 3000,
    toolDeadlineMs: 5000,
    reconcileMs: 3_600_000,
    vendors: { carriers, agents },
    engine: tandemEngine(() => new EnergyVad()),
    log: makeLogger({ app: "media", level: process.env["MEDIA_TEST_LOG"] ?? "silent", isPretty: false }),
  };
  const office: SpokenOffice = {
    sandbox,
    feed,
    writer,
    dataDir,
    publicUrl,
    bundle: spokenBundle(),
    node: undefined as unknown as MediaNode,
    serve: (bundle, agentId = "agent") => {
      const slot = slotWith(bundle, agentId);
      const bindings = slot.bindings.map((binding) => ({ ...binding, version: "0" }));
      const slots = { blue: { ...slot, bindings }, green: { ...slot, bindings } };
      const generation = (feed.deployments.get("d1")?.pointer.generation ?? 0) + 1;
      feed.put(deploymentOf({ connections, slots, number, pointer: pointerAt(generation, "blue") }), bundle);
      feed.onMove?.("d1");
    },
    start: async (change = {}) => {
      office.node = await startMediaNode({ ...options, ...change });
    },
    stop: async () => {
      await office.node.close();
      await sandbox.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  office.serve(office.bundle);
  await office.start();
  return office;
}

async function sealedConnections(publicJwk: string): Promise<Record<string, ServedConnection>> {
  const sealer = await makeSealer(publicJwk);
  const { authToken, apiKeySecret, accountSid, apiKeySid } = twilioAccount;
  const secretsOf: Record<string, Record<string, string>> = {
    twilio: { authToken, apiKeySecret },
    retell: { apiKey: demoWorkspace.apiKey },
    deepgram: { apiKey: deepgramAccount.apiKey },
    cartesia: { apiKey: cartesiaAccount.apiKey },
    elevenlabs: { apiKey: elevenlabsAccount.apiKey },
    openai: { apiKey: openaiAccount.apiKeys.openai },
  };
  const connections: Record<string, ServedConnection> = {};
  for (const [vendor, secrets] of Object.entries(secretsOf)) {
    const named = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
    const sealed = await sealer.seal({ tenantId: "t1", connectionId: `c-${vendor}`, version: 1 }, named);
    const config: ServedConnection["config"] =
      vendor === "twilio" ? { accountSid, apiKeySid } : vendor === "openai" ? { service: "openai" } : {};
    connections[`c-${vendor}`] = { ...connectionOf(vendor, sealed), config };
  }
  return connections;
}

/** Serves the office through a hosted agent whose vendor asks at `llmUrl` what to say; resolves when the node knows. */
export async function serveHosted(
  office: SpokenOffice,
  llmUrl: string,
  change: Partial<ReleaseBundle> = {},
): Promise<void> {
  const ask = async (path: string, body: object) => {
    const response = await fetch(`${office.sandbox.origins["retell"]}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${demoWorkspace.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
  };
  const { agent_id: agentId = "" } = await ask("/create-agent", {
    response_engine: { type: "custom-llm", llm_websocket_url: llmUrl },
    voice_id: "11labs-Adrian",
    webhook_url: `${office.publicUrl}/agent/${INGRESS_KEY}/events`,
  });
  await ask(`/publish-agent-version/${agentId}`, { version: 0 });
  const agent = { ...office.bundle.agent, kind: "custom-llm" as const, resource: "voice-agent.agent/main" };
  const before = office.node.state().deployments[0]?.generation ?? 0;
  office.serve(spokenBundle({ agent, ...change }), agentId);
  while ((office.node.state().deployments[0]?.generation ?? 0) <= before)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
