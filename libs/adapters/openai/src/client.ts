import { Agent as PlainAgent, type ClientRequest, type IncomingMessage, request as plainRequest } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { Secret } from "@tandem/kernel";
import type { OpenAiConfig } from "./descriptor.ts";
import { publicLookup } from "./public-address.ts";
import { services } from "./service.ts";
import { openAhead, type Prepare } from "./warm-agent.ts";

/** Shorter than the idle time of the services' front ends, so that a kept connection is not one that is just being closed. */
const IDLE_MS = 45_000;
const pool = { keepAlive: true, noDelay: true, timeout: IDLE_MS, maxFreeSockets: 64, scheduling: "lifo" } as const;
const tenantPool = { ...pool, lookup: publicLookup };

/** Connections are kept for the whole process: the next call finds one that is open. */
const plainAgent = new PlainAgent(pool);
const tlsAgent = new TlsAgent(pool);
/** For addresses that a tenant chose. */
const tenantAgent = new TlsAgent(tenantPool);
const prepareOf = new Map<PlainAgent, Prepare>([
  [plainAgent, openAhead(plainAgent, pool)],
  [tlsAgent, openAhead(tlsAgent, pool)],
  [tenantAgent, openAhead(tenantAgent, tenantPool)],
]);

export interface ClientOptions {
  readonly config: OpenAiConfig;
  readonly apiKey: Secret;
  /** Origin of the emulator; null for the service's own host. */
  readonly baseUrl: string | null;
}

/** One account at one service. Sends what it is told to, once, without a deadline of its own. */
export interface Client {
  /** Begins a request; `body` null sends none. Throws when the credential cannot be a header. */
  send(method: "GET" | "POST", path: string, body: string | null): ClientRequest;
  /** Opens a connection in the background unless one is at hand. */
  prepare(): void;
}

/** Opens in memory; connects with the first request. */
export function openClient({ config, apiKey, baseUrl }: ClientOptions): Client {
  const root = new URL(rootOf(config, baseUrl));
  const isPlain = root.protocol === "http:";
  const send = isPlain ? plainRequest : tlsRequest;
  const agent = isPlain ? plainAgent : config.baseUrl === undefined ? tlsAgent : tenantAgent;
  const address = { host: root.hostname, port: Number(root.port) || (isPlain ? 80 : 443) };
  return {
    prepare: () => prepareOf.get(agent)?.(address),
    send(method, path, body) {
      const request = send({
        ...address,
        agent,
        method,
        path: root.pathname + path,
        headers: {
          authorization: `Bearer ${apiKey.reveal()}`,
          accept: body === null ? "application/json" : "text/event-stream",
          ...(body === null
            ? {}
            : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
        },
      });
      if (body === null) request.end();
      else request.end(body);
      return request;
    },
  };
}

function rootOf(config: OpenAiConfig, baseUrl: string | null): string {
  if (baseUrl !== null) return `${baseUrl}/v1`;
  const root = config.baseUrl ?? services[config.service].rootUrl;
  if (root === null) throw new TypeError("the connection names no API");
  return root.replace(/(?<!\/)\/+$/u, "");
}

/** Reads a body as text, at most `mostBytes` of it; what is beyond ends the request. Rejects when the connection fails. */
export function readText(response: IncomingMessage, mostBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > mostBytes) response.destroy(new RangeError(`the answer is larger than ${mostBytes} bytes`));
      else chunks.push(chunk);
    });
    response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    response.on("error", reject);
  });
}
