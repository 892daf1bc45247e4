import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type {
  DialledSocket,
  SandboxRequest,
  SandboxResponse,
  SandboxSocket,
  SandboxVendor,
} from "@tandem/ports/sandbox";
import { requestOf } from "./http.ts";
import { render } from "./response.ts";
import { LATENCY, socketFaultsOf, STALL } from "./socket-faults.ts";
import type { SandboxState } from "./state.ts";

/** One frame that crossed an emulator's socket, for conformance tests. `from` is who sent it. */
export interface SocketFrame {
  readonly vendor: string;
  readonly path: string;
  readonly from: "client" | "emulator";
  readonly text: string | null;
  readonly bytes: Uint8Array | null;
}

export type SocketTap = (frame: SocketFrame) => void;

interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly duplex: Duplex;
  readonly head: Buffer;
}

/** Gives an emulator's server its WebSockets: refused or opened by the emulator, struck by fault scripts (method `WS`). */
export function serveSockets(
  server: Server,
  vendor: SandboxVendor,
  opening: Promise<SandboxState>,
  tap: SocketTap | undefined,
): void {
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 8 * 1024 * 1024 });
  const open = new Set<Duplex>();
  openSockets.set(server, open);
  server.on("upgrade", (incoming: IncomingMessage, duplex: Duplex, head: Buffer) => {
    open.add(duplex);
    duplex.on("error", () => {});
    duplex.on("close", () => open.delete(duplex));
    opening
      .then((state) => upgrade({ incoming, duplex, head }, { upgrades, vendor, state, tap }))
      .catch((error: unknown) => {
        console.error(`sandbox ${vendor.name}: defect while a socket opened`, error);
        duplex.destroy();
      });
  });
}

const openSockets = new WeakMap<Server, Set<Duplex>>();

/** Drops the WebSockets of a server: closing it does not. */
export const dropSockets = (server: Server): void => openSockets.get(server)?.forEach((duplex) => duplex.destroy());

interface Served {
  readonly upgrades: WebSocketServer;
  readonly vendor: SandboxVendor;
  readonly state: SandboxState;
  readonly tap: SocketTap | undefined;
}

async function upgrade(asked: Upgrade, served: Served): Promise<void> {
  const { vendor, state } = served;
  const request = requestOf(asked.incoming, "");
  const fault = state.faults.strike(vendor.name, "WS", request.path);
  const { latencyMs } = state.pace(vendor.name);
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  if (fault?.do === "reset") return void asked.duplex.destroy();
  if (fault?.do === "hang") return;
  if (fault?.do === "throttle") return refuse(asked.duplex, throttled(vendor, fault.retryAfterSeconds));
  if (fault?.do === "fail-before") {
    const status = fault.status ?? 503;
    return refuse(asked.duplex, vendor.failure?.(status) ?? { status, body: null });
  }
  if (fault?.do === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
  const scripted = socketFaultsOf(fault, () => ({
    latency: state.setting(vendor.name, LATENCY),
    stall: state.setting(vendor.name, STALL),
  }));
  const opened = pending(request, scripted.faults);
  const refusal =
    vendor.open === undefined ? { status: 404, body: null } : vendor.open(opened.socket, state.world(vendor.name));
  if (refusal !== null) return refuse(asked.duplex, refusal);
  served.upgrades.handleUpgrade(asked.incoming, asked.duplex, asked.head, (socket) => {
    opened.attach(socket, (frame) => served.tap?.({ vendor: vendor.name, path: request.path, ...frame }));
    if (scripted.closeAfterMs !== null)
      setTimeout(() => opened.socket.close(scripted.closeCode), scripted.closeAfterMs).unref();
  });
}

function throttled(vendor: SandboxVendor, retryAfterSeconds: number | undefined): SandboxResponse {
  const response = vendor.failure?.(429) ?? { status: 429, body: null };
  if (retryAfterSeconds === undefined) return response;
  return { ...response, headers: { ...response.headers, "Retry-After": String(retryAfterSeconds) } };
}

function refuse(duplex: Duplex, response: SandboxResponse): void {
  const body = render(response);
  const headers = {
    Connection: "close",
    "Content-Type": response.contentType ?? "application/json",
    "Content-Length": String(body.byteLength),
    ...response.headers,
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  duplex.end(`HTTP/1.1 ${response.status} Refused\r\n${head.join("")}\r\n${String(body)}`);
}

type Frame = Pick<SocketFrame, "from" | "text" | "bytes">;

/** A socket that the emulator sees before the handshake is answered: what it sends meanwhile goes out with the handshake. */
function pending(request: SandboxRequest, faults: SandboxSocket["faults"]) {
  let live: WebSocket | null = null;
  let report: (frame: Frame) => void = () => {};
  const early: (() => void)[] = [];
  const whenOpen = (send: (socket: WebSocket) => void): void => {
    if (live === null) early.push(() => live && send(live));
    else if (live.readyState === WebSocket.OPEN) send(live);
  };
  const socket: SandboxSocket = {
    request,
    faults,
    onText: () => {},
    onBinary: () => {},
    onClose: () => {},
    sendText: (text) =>
      whenOpen((open) => {
        report({ from: "emulator", text, bytes: null });
        open.send(text);
      }),
    sendBinary: (bytes) =>
      whenOpen((open) => {
        report({ from: "emulator", text: null, bytes });
        open.send(bytes);
      }),
    close: (code, reason) => whenOpen((open) => (code === 1006 ? open.terminate() : open.close(code, reason))),
  };
  return {
    socket,
    attach(opened: WebSocket, tap: (frame: Frame) => void) {
      live = opened;
      report = tap;
      opened.on("error", () => {});
      opened.on("message", (bytes: Buffer, isBinary) => {
        if (isBinary) {
          report({ from: "client", text: null, bytes });
          socket.onBinary(bytes);
        } else {
          const text = bytes.toString("utf8");
          report({ from: "client", text, bytes: null });
          socket.onText(text);
        }
      });
      opened.on("close", (code) => socket.onClose(code));
      for (const send of early.splice(0)) send();
    },
  };
}

const DIAL_WITHIN_MS = 5000;

/** Connections that emulators opened to customers' servers. They end with the sandbox. */
export class DialledSockets {
  readonly #open = new Set<WebSocket>();

  /** Opens a WebSocket as a vendor does. Rejects when it does not open within five seconds. */
  dial(url: string, headers: Readonly<Record<string, string>> = {}): Promise<DialledSocket> {
    const socket = new WebSocket(url, {
      headers: { ...headers },
      perMessageDeflate: false,
      handshakeTimeout: DIAL_WITHIN_MS,
      followRedirects: false,
    });
    this.#open.add(socket);
    const dialled = dialledSocket(socket);
    return new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", (code) => {
        this.#open.delete(socket);
        dialled.onClose(code);
      });
      socket.once("open", () => {
        // What comes together with the handshake waits until whoever dialled has set its callbacks.
        socket.pause();
        setImmediate(() => socket.resume());
        resolve(dialled);
      });
    });
  }

  /** Drops all of them. */
  drop(): void {
    for (const socket of this.#open) socket.terminate();
  }
}

function dialledSocket(socket: WebSocket): DialledSocket {
  const dialled: DialledSocket = {
    onText: () => {},
    onBinary: () => {},
    onClose: () => {},
    sendText: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: (code) => (code === 1006 ? socket.terminate() : socket.close(code)),
  };
  socket.on("message", (bytes: Buffer, isBinary) =>
    isBinary ? dialled.onBinary(bytes) : dialled.onText(bytes.toString("utf8")),
  );
  return dialled;
}
