import { createServer, type Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agents, carriers } from "@tandem/catalog/inbound";
import { AppError, type Clock, type Json, Secret, systemClock } from "@tandem/kernel";
import type { SessionEventRow, SessionRow, SessionWriter } from "@tandem/ports/store/pointer-feed";
import { makeSealer, makeSealingKeys } from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";
import { type MediaNode, type MediaNodeOptions, startMediaNode } from "../src/node/media-node.ts";
import { connectionOf, MemoryFeed } from "./fixtures.ts";
import { quietEngine } from "./recording-pipeline.ts";

export const AUTH_TOKEN = "twilio-token-canary";
export const API_KEY = "retell-key-canary";
export const INGRESS_KEY = "0123456789abcdefghijklmnop";
export const PUBLIC_URL = "https://calls.example.com";
export const ticketKey = new Secret("ticket-key-canary");

/** Session rows as the database would keep them. */
export class KeepingWriter implements SessionWriter {
  readonly sessions = new Map<string, SessionRow>();
  readonly events: SessionEventRow[] = [];
  isAway = false;

  write(batch: Parameters<SessionWriter["write"]>[0]): Promise<void> {
    if (this.isAway) return Promise.reject(new AppError("database_unavailable", "away"));
    for (const row of batch.sessions) this.sessions.set(row.sessionId, row);
    const isNew = (row: SessionEventRow) =>
      !this.events.some((known) => known.sessionId === row.sessionId && known.seq === row.seq);
    this.events.push(...batch.events.filter(isNew));
    return Promise.resolve();
  }

  of(type: string): SessionEventRow[] {
    return this.events.filter((event) => event.type === type);
  }
}

/** The agent vendor's register endpoint, as far as an answer needs it. */
export interface AgentEndpoint {
  readonly origin: string;
  readonly registered: { agent_id: string; agent_version: number; metadata: Record<string, string> }[];
  answerWith: { status: number; delayMs: number };
}

export interface Harness {
  readonly dataDir: string;
  readonly feed: MemoryFeed;
  readonly writer: KeepingWriter;
  readonly agent: AgentEndpoint;
  readonly clock: { nowMs: number | null };
  node: MediaNode;
  /** Starts another node on the same data folder. */
  restart(change?: Partial<MediaNodeOptions>): Promise<void>;
  stop(): Promise<void>;
  /** A signed carrier request; `form` beyond `CallSid`, `From`, `To`. */
  carrier(
    path: string,
    form?: Record<string, string>,
    change?: { token?: string; headers?: Record<string, string>; fragment?: string },
  ): Promise<CarrierAnswer>;
  agentPost(path: string, body: Json, key?: string): Promise<Response>;
  /** Sealed connections for a deployment of the fixtures. */
  readonly connections: Readonly<Record<string, ReturnType<typeof connectionOf>>>;
}

export interface CarrierAnswer {
  readonly status: number;
  readonly document: string;
  readonly headers: Headers;
  /** The action URL of the document as path and query; null when it dials nothing. */
  readonly action: string | null;
}

export async function startHarness(change: Partial<MediaNodeOptions> = {}): Promise<Harness> {
  const dataDir = await mkdtemp(join(tmpdir(), "tandem-media-"));
  const keys = await makeSealingKeys("k1");
  const sealer = await makeSealer(keys.publicJwk);
  const sealed = (connectionId: string, name: string, value: string) =>
    sealer.seal({ tenantId: "t1", connectionId, version: 1 }, { [name]: new Secret(value) });
  const connections = {
    "c-twilio": connectionOf("twilio", await sealed("c-twilio", "authToken", AUTH_TOKEN)),
    "c-retell": connectionOf("retell", await sealed("c-retell", "apiKey", API_KEY)),
  };
  const feed = new MemoryFeed();
  const writer = new KeepingWriter();
  const endpoint = await startAgentEndpoint();
  const time: { nowMs: number | null } = { nowMs: null };
  const clock: Clock = { ...systemClock, now: () => time.nowMs ?? Date.now() };
  const options: MediaNodeOptions = {
    host: "127.0.0.1",
    port: 0,
    publicUrl: PUBLIC_URL,
    node: "node-1",
    dataDir,
    ticketKey,
    clock,
    feed,
    writer,
    sealingPrivateKey: new Secret(keys.privateJwk),
    sandboxOrigins: { retell: endpoint.agent.origin, twilio: "http://127.0.0.1:9" },
    pollMs: 25,
    drainMs: 300,
    toolDeadlineMs: 2000,
    reconcileMs: 3_600_000,
    vendors: { carriers, agents },
    engine: quietEngine(),
    log: makeLogger({ app: "media", level: "silent", isPretty: false }),
    ...change,
  };
  const harness: Harness = {
    dataDir,
    feed,
    writer,
    agent: endpoint.agent,
    clock: time,
    connections,
    node: await startMediaNode(options),
    restart: async (again = {}) => {
      harness.node = await startMediaNode({ ...options, ...again });
    },
    stop: async () => {
      await harness.node.close();
      endpoint.server.close();
      await rm(dataDir, { recursive: true });
    },
    carrier: (path, form = {}, sending = {}) => sendAsCarrier(harness.node.origin, path, form, sending),
    agentPost: (path, body, key = API_KEY) => sendAsAgent(harness.node.origin, path, body, key),
  };
  return harness;
}

async function sendAsCarrier(
  origin: string,
  path: string,
  form: Record<string, string>,
  {
    token = AUTH_TOKEN,
    headers = {},
    fragment = "",
  }: { token?: string; headers?: Record<string, string>; fragment?: string },
): Promise<CarrierAnswer> {
  const { createHmac } = await import("node:crypto");
  const all: Record<string, string> = {
    CallSid: "CA1",
    From: "+15550000001",
    To: "+15550100001",
    CallStatus: "ringing",
    ...form,
  };
  const text =
    PUBLIC_URL +
    path +
    fragment +
    Object.keys(all)
      .toSorted()
      .map((name) => name + all[name])
      .join("");
  const signature = createHmac("sha1", token).update(text).digest("base64");
  const response = await fetch(origin + path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature, ...headers },
    body: new URLSearchParams(all).toString(),
  });
  const document = await response.text();
  const action = /action="([^"#]+)/.exec(document)?.[1]?.replaceAll("&amp;", "&") ?? null;
  return {
    status: response.status,
    document,
    headers: response.headers,
    action: action?.replace(PUBLIC_URL, "") ?? null,
  };
}

async function sendAsAgent(origin: string, path: string, value: Json, key: string): Promise<Response> {
  const { createHmac } = await import("node:crypto");
  const body = JSON.stringify(value);
  const nowMs = Date.now();
  const digest = createHmac("sha256", key)
    .update(body + String(nowMs))
    .digest("hex");
  const headers = { "content-type": "application/json", "x-retell-signature": `v=${nowMs},d=${digest}` };
  return fetch(origin + path, { method: "POST", headers, body });
}

async function startAgentEndpoint(): Promise<{ agent: AgentEndpoint; server: Server }> {
  const registered: AgentEndpoint["registered"] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { status, delayMs } = agent.answerWith;
      if (status === 201) registered.push(JSON.parse(body) as AgentEndpoint["registered"][number]);
      const answer =
        status === 201
          ? { call_id: `call_${registered.length}`, agent_id: "a", call_status: "registered", call_type: "phone_call" }
          : { status: "error", message: "no" };
      setTimeout(() => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(answer));
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent: AgentEndpoint = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    registered,
    answerWith: { status: 201, delayMs: 0 },
  };
  return { agent, server };
}
