import type { IncomingHttpHeaders, IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "@tandem/telemetry";
import { type WebSocket, WebSocketServer } from "ws";
import { makeRefusalLimit, type RefusalLimit } from "./refusal-limit.ts";
import { makeRouter } from "./router.ts";

/** A request to open a WebSocket, before anything in it is believed. */
export interface SocketRequest {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  readonly receivedAtMs: number;
}

/** Whether a socket is opened. Refusals tell an outsider nothing but the status. */
export type SocketAdmission =
  | { readonly isOpened: false; readonly status: 403 | 404 | 429 | 503 }
  /** `socket` is open; its listeners are set before the next frame is read. Whole frames may be written to `wire`, which is under it. */
  | { readonly isOpened: true; readonly take: (socket: WebSocket, wire: Duplex) => void };

/** An address at which vendors open WebSockets. */
export interface SocketRoute {
  readonly method: "GET";
  readonly pattern: string;
  /** Decides before the handshake is answered. */
  admit(request: SocketRequest): Promise<SocketAdmission> | SocketAdmission;
  /** Stops what the route does by itself. */
  close?(): void;
}

/** The WebSockets of this service's HTTP server. */
export interface Sockets {
  readonly open: number;
  /** Refused handshakes and refused streams by address. */
  readonly refusals: RefusalLimit;
  /** Closes all with `code`, and drops those whose peer does not agree within a moment. */
  close(code: number): void;
}

const LARGEST_FRAME_BYTES = 64 * 1024;
const CLOSE_WITHIN_MS = 2000;
const ADMIT_WITHIN_MS = 5000;
const REFUSALS_PER_MINUTE = 300;

/** `closeTimeout` is younger than the published types. */
const SOCKET_OPTIONS = {
  noServer: true,
  perMessageDeflate: false,
  maxPayload: LARGEST_FRAME_BYTES,
  skipUTF8Validation: true,
  closeTimeout: CLOSE_WITHIN_MS,
};

const STATUS_TEXT = {
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  503: "Service Unavailable",
} as const;

/** Serves WebSockets on an HTTP server: no compression, frames of at most 64 KiB, decided by the routes. */
export function serveSockets(
  server: Server,
  log: Logger,
  makeRoutes: (refusals: RefusalLimit) => readonly SocketRoute[],
): Sockets {
  const refusals = makeRefusalLimit(REFUSALS_PER_MINUTE);
  const routes = makeRoutes(refusals);
  const router = makeRouter(routes);
  const upgrades = new WebSocketServer(SOCKET_OPTIONS);

  server.on("upgrade", (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    duplex.on("error", () => duplex.destroy());
    const remoteAddress = request.socket.remoteAddress ?? "";
    const deadline = setTimeout(() => duplex.destroy(), ADMIT_WITHIN_MS);
    admissionOf(request, remoteAddress)
      .then((admission) => {
        clearTimeout(deadline);
        if (duplex.destroyed) return;
        if (admission.isOpened)
          return upgrades.handleUpgrade(request, duplex, head, (socket) => admission.take(socket, duplex));
        refuse(duplex, refusals.count(remoteAddress) ? admission.status : 429);
      })
      .catch((error: unknown) => {
        clearTimeout(deadline);
        log.error({ err: error }, "a socket could not be opened");
        duplex.destroy();
      });
  });

  async function admissionOf(request: IncomingMessage, remoteAddress: string): Promise<SocketAdmission> {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const match = router.find(request.method ?? "", path);
    if (match === null || match === "method-not-allowed") return { isOpened: false, status: 404 };
    const { headers } = request;
    return match.route.admit({ path, parameters: match.parameters, headers, remoteAddress, receivedAtMs: Date.now() });
  }

  return {
    refusals,
    get open() {
      return upgrades.clients.size;
    },
    close(code) {
      for (const route of routes) route.close?.();
      for (const socket of upgrades.clients) socket.close(code);
      setTimeout(() => upgrades.clients.forEach((socket) => socket.terminate()), CLOSE_WITHIN_MS).unref();
    },
  };
}

function refuse(duplex: Duplex, status: keyof typeof STATUS_TEXT): void {
  duplex.end(`HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
