import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Secret, systemClock } from "@tandem/kernel";
import type { Llm } from "@tandem/ports/llm";
import { openLlm } from "../src/llm.ts";

/** A service that answers in whatever way a test wants. */
export interface OddService {
  readonly llm: Llm;
  /** Requests and connections that it has seen. */
  readonly seen: { requests: number; connections: number; readonly bodies: string[] };
  /** How the next requests are answered. */
  answer: (response: ServerResponse, request: IncomingMessage) => void;
  /** Closes every connection. */
  drop(): void;
  close(): Promise<void>;
}

export const SECRET = "sandbox-secret-key-0001";

export async function startOddService(apiKey: string = SECRET): Promise<OddService> {
  const seen = { requests: 0, connections: 0, bodies: [] as string[] };
  const server: Server = createServer((request, response) => {
    seen.requests += 1;
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => (seen.bodies.push(body), service.answer(response, request)));
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    seen.connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service: OddService = {
    llm: openLlm({
      config: { service: "openai" },
      secrets: { apiKey: new Secret(apiKey) },
      baseUrl,
      clock: systemClock,
    }),
    seen,
    answer: (response) => response.end(),
    drop: () => sockets.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return service;
}

/** Begins an event stream. */
export const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });

/** One event that holds a chunk. */
export const chunk = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;

export const DONE = "data: [DONE]\n\n";
