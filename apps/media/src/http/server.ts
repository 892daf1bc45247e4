import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "@tandem/telemetry";
import { readBody } from "./body.ts";
import { type Exchange, problems, type Reply } from "./exchange.ts";
import { makeRefusalLimit } from "./refusal-limit.ts";
import type { Router, RouteMatch } from "./router.ts";

export interface HttpServerOptions {
  readonly router: Router;
  readonly log: Logger;
  /** Most refused requests per address and minute before they are turned away without a reason. */
  readonly refusalsPerMinute?: number;
  /** Told of each answered request, for metrics. */
  readonly onReply?: (pattern: string, status: number, durationMs: number) => void;
}

/** How late a time limit of the server may be noticed; thirty seconds if it is not told. */
const CHECKING_INTERVAL_MS = 5000;

/** A plain HTTP server around a router: raw bodies, caps and time limits, problems of constant shape. */
export function makeHttpServer(options: HttpServerOptions): Server {
  const refusals = makeRefusalLimit(options.refusalsPerMinute ?? 300);
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: CHECKING_INTERVAL_MS,
    },
    (request, response) => void answer(request, response),
  );
  server.maxHeadersCount = 100;
  server.maxConnections = 10_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const target = request.url ?? "/";
    const path = target.split("?", 1)[0] ?? "/";
    const match = options.router.find(request.method ?? "", path);
    const pattern = match === null || match === "method-not-allowed" ? "unmatched" : match.route.pattern;
    const reply = await replyTo(request, target, path, match);
    const isWithinLimit = reply.status !== 403 && reply.status !== 404 ? true : refusals.count(addressOf(request));
    send(response, isWithinLimit ? reply : problems.tooMany, !isWithinLimit || !request.complete);
    options.onReply?.(pattern, reply.status, performance.now() - startedAt);
  }

  async function replyTo(
    request: IncomingMessage,
    target: string,
    path: string,
    match: ReturnType<Router["find"]>,
  ): Promise<Reply> {
    if (match === null) return problems.notFound;
    if (match === "method-not-allowed") return problems.methodNotAllowed;
    try {
      const body = await readBody(request);
      return body === null
        ? problems.tooLarge
        : await match.route.handle(exchangeOf(request, target, path, match, body));
    } catch (error) {
      if (!request.destroyed || request.complete)
        options.log.error({ err: error, path: match.route.pattern }, "request failed");
      return problems.internal;
    }
  }
  return server;
}

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? "";

function exchangeOf(request: IncomingMessage, target: string, path: string, match: RouteMatch, body: string): Exchange {
  return {
    method: request.method ?? "",
    path,
    target,
    query: new URLSearchParams(target.slice(path.length)),
    parameters: match.parameters,
    headers: request.headers,
    body,
    remoteAddress: addressOf(request),
    receivedAtMs: Date.now(),
  };
}

function send(response: ServerResponse, reply: Reply, isLast: boolean): void {
  const body = Buffer.from(reply.body ?? "");
  response.writeHead(reply.status, {
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(reply.contentType === undefined ? {} : { "content-type": reply.contentType }),
    ...(isLast ? { connection: "close" } : {}),
    ...reply.headers,
  });
  response.end(body);
}
