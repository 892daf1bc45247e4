// A wire between two ends of a WebSocket that keeps every frame, for conformance tests.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

export interface RelayedFrame {
  /** `dialler`: who opened the socket; `server`: who was dialled. */
  readonly from: "dialler" | "server";
  readonly text: string;
}

export interface SocketRelay {
  /** `http://…` origin that stands in for the server's. */
  readonly origin: string;
  readonly frames: RelayedFrame[];
  readonly upgrades: { readonly path: string; readonly headers: IncomingMessage["headers"] }[];
  close(): void;
}

/** Relays sockets to the server at `target` (an `http://…` origin, asked when a socket is opened). */
export async function openSocketRelay(target: () => string): Promise<SocketRelay> {
  const frames: RelayedFrame[] = [];
  const upgrades: SocketRelay["upgrades"] = [];
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on("connection", (dialler, request) => {
    upgrades.push({ path: request.url ?? "", headers: request.headers });
    dialler.pause();
    const signature = request.headers["x-twilio-signature"];
    const headers = typeof signature === "string" ? { "x-twilio-signature": signature } : {};
    const served = new WebSocket(target().replace("http", "ws") + (request.url ?? ""), { headers });
    const pass = (from: RelayedFrame["from"], one: WebSocket, other: WebSocket) => {
      one.on("message", (bytes: Buffer) => {
        frames.push({ from, text: bytes.toString() });
        if (other.readyState === WebSocket.OPEN) other.send(bytes.toString());
      });
      one.on("error", () => other.terminate());
      one.on("close", (code) => (code === 1006 || code === 1005 ? other.terminate() : other.close(code)));
    };
    pass("dialler", dialler, served);
    pass("server", served, dialler);
    served.on("open", () => dialler.resume());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    frames,
    upgrades,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}
