// A small installation for tests: a real database (freshDatabase), the vendor sandbox, one deployment in both slots, and a media node that answers for it.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agents, carriers } from "@tandem/catalog/inbound";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot } from "@tandem/domain/slot";
import { sandbox as google } from "@tandem/google/sandbox";
import { createIngressProbe } from "@tandem/ingress";
import { Secret, systemClock } from "@tandem/kernel";
import type { IngressProbe } from "@tandem/ports/ingress-probe";
import { demoWorkspace, sandbox as retell } from "@tandem/retell/sandbox";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { makeOpener, makeSealer, makeSealingKeys } from "@tandem/secrets";
import { openPointerFeed, openSessionWriter } from "@tandem/store";
import { makeLogger } from "@tandem/telemetry";
import { demoAccount, sandbox as twilio } from "@tandem/twilio/sandbox";
import { newTenant, openWorld, policy, type World } from "../../../libs/store/test-support/world.ts";
import { type MediaNode, type MediaNodeOptions, startMediaNode } from "../src/node/media-node.ts";
import { type DatabaseGate, openDatabaseGate } from "./database-gate.ts";
import { bundleOf, hashOf } from "./fixtures.ts";
import { quietEngine } from "./recording-pipeline.ts";

export const ticketKey = new Secret("ticket-key-canary");
export const number = demoAccount.numbers[0];

const GOOGLE = {
  config: { auth: "oauth", clientId: "100000000001-demo.apps.googleusercontent.com" },
  secrets: { clientSecret: "sandbox-client-secret", refreshToken: "1//sandbox-refresh-token" },
  calendar: "office@demo-dental.example",
};

export interface Installation {
  readonly world: World;
  readonly sandbox: RunningSandbox;
  readonly actor: Awaited<ReturnType<typeof newTenant>>;
  readonly deploymentId: string;
  readonly ingressKey: string;
  readonly publicUrl: string;
  readonly agentOf: Readonly<Record<Slot, string>>;
  readonly bundles: Readonly<Record<Slot, ReleaseBundle>>;
  readonly gate: DatabaseGate;
  /** LISTEN goes through a gate of its own. */
  readonly listenGate: DatabaseGate;
  node: MediaNode;
  startNode(change?: Partial<MediaNodeOptions>): Promise<void>;
  stopNode(): Promise<void>;
  /** Fills a slot and switches to it, as a rollout would. */
  switchTo(slot: Slot): Promise<void>;
  placeCall(from: string): Promise<PlacedCall>;
  /** The worker's probe against an address. */
  probeAt(publicUrl: string): IngressProbe;
  close(): Promise<void>;
}

export interface PlacedCall {
  readonly callSid: string;
  readonly status: string;
  readonly connected: {
    readonly to: string;
    readonly agentId?: string;
    readonly agentCallId?: string;
    readonly number?: string;
  };
  readonly said: readonly string[];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export async function openInstallation(): Promise<Installation> {
  const world = await openWorld();
  const sandbox = await startSandbox({ vendors: [twilio, retell, google], dataDir: null });
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const keys = await makeSealingKeys("k1");
  const [sealer, opener] = await Promise.all([makeSealer(keys.publicJwk), makeOpener(new Secret(keys.privateJwk))]);
  const actor = await newTenant(world);
  const sealedOf = new Map<string, { vendor: string; sealed: string }>();
  const connect = async (vendor: string, config: Record<string, string>, secrets: Record<string, string>) => {
    const { id } = await world.control.createConnection(actor, {
      name: vendor,
      vendor,
      endpoint: "sandbox",
      config,
      smokeWrites: "test-objects",
    });
    const named = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
    const sealed = await sealer.seal({ tenantId: actor.tenantId, connectionId: id, version: 1 }, named);
    await world.control.putCredential(actor, id, sealed, "k1");
    sealedOf.set(id, { vendor, sealed });
    return id;
  };
  const { accountSid, authToken, apiKeySid, apiKeySecret } = demoAccount;
  const connections = {
    telephony: await connect("twilio", { accountSid, apiKeySid }, { authToken, apiKeySecret }),
    voiceAgent: await connect("retell", {}, { apiKey: demoWorkspace.apiKey }),
    calendar: await connect("google", GOOGLE.config, GOOGLE.secrets),
  };
  const deployment = await world.control.createDeployment(actor, {
    name: "front-desk",
    playbook: "after-hours-answering",
    environment: "production",
    number,
    connections,
    overlay: {},
  });
  const voice = `${publicUrl}/voice/${deployment.ingressKey}`;
  const form = { VoiceUrl: voice, StatusCallback: `${voice}/status`, VoiceFallbackUrl: `${voice}/fallback` };
  await sandbox.control.act("twilio", "editNumber", { number, form });
  const agentOf = {
    blue: await makeAgent(sandbox, `${publicUrl}/agent/${deployment.ingressKey}`),
    green: await makeAgent(sandbox, `${publicUrl}/agent/${deployment.ingressKey}`),
  };
  const bundleFor = (greeting: string) =>
    bundleOf(greeting, {
      deployment: { id: deployment.id, name: deployment.name, environment: "production", number },
      connections: {
        telephony: { connectionId: connections.telephony, vendor: "twilio", requiredScopes: [] },
        voiceAgent: { connectionId: connections.voiceAgent, vendor: "retell", requiredScopes: [] },
        calendar: { connectionId: connections.calendar, vendor: "google", requiredScopes: [] },
      },
    });
  const bundles = { blue: bundleFor("blue greeting"), green: bundleFor("green greeting") };
  const dataDir = await mkdtemp(join(tmpdir(), "tandem-media-"));
  const [gate, listenGate] = await Promise.all([
    openDatabaseGate(world.database.mediaUrl),
    openDatabaseGate(world.database.mediaUrl),
  ]);
  const stores: { close(): Promise<void> }[] = [];

  const installation: Installation = {
    world,
    sandbox,
    actor,
    deploymentId: deployment.id,
    ingressKey: deployment.ingressKey,
    publicUrl,
    agentOf,
    bundles,
    gate,
    listenGate,
    node: undefined as unknown as MediaNode,
    startNode: async (change = {}) => {
      const feed = openPointerFeed({ url: gate.url, directUrl: listenGate.url, applicationName: "media-test" });
      const writer = openSessionWriter({ url: gate.url, applicationName: "media-test" });
      stores.push(feed, writer);
      installation.node = await startMediaNode({
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
        pollMs: 500,
        drainMs: 2000,
        toolDeadlineMs: 5000,
        reconcileMs: 3_600_000,
        vendors: { carriers, agents },
        engine: quietEngine(),
        log: makeLogger({ app: "media", level: process.env["MEDIA_TEST_LOG"] ?? "silent", isPretty: false }),
        ...change,
      });
    },
    stopNode: async () => {
      await installation.node.close();
      await Promise.allSettled(stores.splice(0).map((store) => store.close()));
    },
    switchTo: (slot) => fillAndSwitch(installation, slot, connections),
    placeCall: (from) =>
      sandbox.control.act<PlacedCall & Record<string, never>>("twilio", "placeCall", { from, to: number }),
    probeAt: (address) =>
      createIngressProbe({
        store: world.worker,
        loadCredential: async (tenantId, connectionId) => {
          const { vendor, sealed } = sealedOf.get(connectionId) ?? { vendor: "", sealed: "" };
          return {
            vendor,
            endpoint: "sandbox",
            secrets: await opener.open({ tenantId, connectionId, version: 1 }, sealed),
          };
        },
        vendors: { providers: () => Promise.reject(new Error("no release here has providers of its own")) },
        publicUrl: address,
        ticketKey,
        clock: systemClock,
      }),
    close: async () => {
      await installation.stopNode().catch(() => undefined);
      await Promise.all([gate.shut(), listenGate.shut(), sandbox.close()]);
      await world.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return installation;
}

/** An agent with its LLM at the emulated vendor, published once. */
async function makeAgent(sandbox: RunningSandbox, agentUrl: string): Promise<string> {
  const ask = async (method: string, path: string, body: unknown) => {
    const response = await fetch(`${sandbox.origins["retell"]}${path}`, {
      method,
      headers: { authorization: `Bearer ${demoWorkspace.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
  };
  const tool = (name: string) => ({
    type: "custom",
    name,
    description: name,
    url: `${agentUrl}/tools/${name}`,
    method: "POST",
    speak_after_execution: true,
    speak_during_execution: false,
    timeout_ms: 10_000,
    parameters: { type: "object", properties: {} },
  });
  const llm = await ask("POST", "/create-retell-llm", {
    model: "gpt-4.1",
    start_speaker: "agent",
    general_prompt: "p",
    general_tools: ["find_slots", "book", "transfer"].map(tool),
  });
  const agent = await ask("POST", "/create-agent", {
    response_engine: { type: "retell-llm", llm_id: llm["llm_id"], version: 0 },
    voice_id: "11labs-Adrian",
    webhook_url: `${agentUrl}/events`,
  });
  await ask("POST", `/publish-agent-version/${agent["agent_id"]}`, { version: 0 });
  return agent["agent_id"] ?? "";
}

async function fillAndSwitch(
  installation: Installation,
  slot: Slot,
  connections: Readonly<Record<string, string>>,
): Promise<void> {
  const { world, actor, deploymentId, bundles, agentOf } = installation;
  const bundle = bundles[slot];
  const bundleHash = hashOf(bundle);
  const rollout = await world.control.startRollout(actor, { deploymentId, bundle, bundleHash, policy, planId: null });
  const lease = await world.worker.claim(actor.tenantId, deploymentId, "worker-1", 60_000);
  if (lease === null || rollout.targetSlot !== slot) throw new Error(`the rollout targets ${rollout.targetSlot}`);
  const audit = { actor: "worker:1", via: "worker", action: "test.changed", object: `rollout/${rollout.id}` } as const;
  const binding = { deploymentId, externalKey: "k", lastApplied: null, lastAppliedHash: null };
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.putBinding({
      ...binding,
      address: "voice-agent.agent/main",
      slot,
      kind: "voice-agent.agent",
      owner: "slot",
      connectionId: connections["voiceAgent"] ?? "",
      externalId: agentOf[slot],
      version: "0",
    });
    await transaction.putBinding({
      ...binding,
      address: "calendar.calendar/bookings",
      slot: null,
      kind: "calendar.calendar",
      owner: "connection",
      connectionId: connections["calendar"] ?? "",
      externalId: GOOGLE.calendar,
      version: null,
    });
    await transaction.patchSlot(slot, {
      state: "ready",
      bundleHash,
      readyBundleHash: bundleHash,
      verified: true,
      intact: true,
    });
    await transaction.patchRollout({ phase: "switching" });
    await transaction.audit(audit);
  });
  await world.worker.fenced(lease, async (transaction) => {
    const { pointer } = transaction;
    await transaction.movePointer(
      pointer.generation,
      { ...pointer, active: slot, generation: pointer.generation + 1 },
      "switch",
      "worker:1",
    );
    if (pointer.active !== "none") await transaction.patchSlot(pointer.active, { state: "draining" });
    await transaction.patchSlot(slot, { state: "active" });
    await transaction.patchRollout({ phase: "baking", dueInMs: 60_000 });
    await transaction.audit(audit);
  });
  await world.worker.release(lease);
}

/** Ends the rollout that bakes, so that the next may begin. */
export async function finishRollout({ world, actor, deploymentId }: Installation): Promise<void> {
  const lease = await world.worker.claim(actor.tenantId, deploymentId, "worker-1", 60_000);
  if (lease === null) throw new Error("the lease is taken");
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.patchRollout({ phase: "succeeded" });
    await transaction.audit({
      actor: "worker:1",
      via: "worker",
      action: "test.changed",
      object: `rollout/${transaction.rollout?.id}`,
    });
  });
  await world.worker.release(lease);
}
