import { connect, createServer, type Server, type Socket } from "node:net";
import { vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";

/** What goes wrong with one WebSocket, in the words of the sandbox's fault scripts. */
export type SpeechFault =
  | { readonly do: "throttle"; readonly retryAfterSeconds?: number }
  | { readonly do: "fail-before"; readonly status?: number }
  | { readonly do: "reset" | "hang" }
  | { readonly do: "delay"; readonly ms: number }
  | { readonly do: "stall"; readonly afterMs?: number }
  | { readonly do: "close"; readonly afterMs: number; readonly code?: number };

/** One true effect at the emulator. */
export interface SpeechEffect {
  readonly seq: number;
  readonly effect: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The part of the sandbox's control that the speech suites use. */
export interface SpeechControl {
  setFault(script: {
    readonly vendor: string;
    readonly method?: string;
    readonly times?: number | null;
    readonly fault: SpeechFault;
  }): Promise<string>;
  clearFaults(): Promise<void>;
  ledger(filter: { vendor?: string; after?: number }): Promise<readonly SpeechEffect[]>;
}

/** Longest time that a suite waits for what must come; far above what it takes, so that a loaded machine changes nothing. */
export const PATIENCE_MS = 20_000;

/** Waits until the assertions inside hold. */
export const eventually = <Result>(hold: () => Result | Promise<Result>): Promise<Result> =>
  vi.waitFor(hold, { timeout: PATIENCE_MS, interval: 10 });

/** Lets `ms` go by: for showing that nothing comes. */
export const quietly = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A line between an adapter and its emulator: counts connections and can be cut in the middle of a frame. */
export interface SpeechLine {
  readonly origin: string;
  /** Connections open now. */
  connections(): number;
  /** Drops each connection once this many bytes after the handshake's answer have come from the emulator; null lets all pass. */
  cutAfter(bytes: number | null): void;
  /** What comes from the emulator is under way for this long, as over a real distance. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** Listens on a free port and passes everything on to `origin`. */
export async function startLine(origin: string): Promise<SpeechLine> {
  const target = new URL(origin);
  const open = new Set<Socket>();
  let limit: number | null = null;
  let delayMs = 0;
  const server = createServer((client) => {
    open.add(client);
    const emulator = connect(Number(target.port), target.hostname);
    client.on("error", () => {}).on("close", () => (open.delete(client), emulator.destroy()));
    emulator.on("error", () => {}).on("close", () => client.destroy());
    client.pipe(emulator);
    let left = Number.NaN;
    emulator.on("data", (bytes: Buffer) => {
      if (Number.isNaN(left)) left = headLength(bytes) + (limit ?? Number.POSITIVE_INFINITY);
      const passed = bytes.subarray(0, Math.min(bytes.length, left));
      left -= bytes.length;
      const isCut = left <= 0;
      const pass = () => void client.write(passed, () => isCut && client.destroy());
      if (delayMs === 0) pass();
      else setTimeout(pass, delayMs);
    });
  });
  return {
    origin: await listening(server),
    connections: () => open.size,
    cutAfter: (bytes) => void (limit = bytes),
    delay: (ms) => void (delayMs = ms),
    close: () => {
      for (const client of open) client.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const headLength = (bytes: Buffer): number => Math.max(0, bytes.indexOf("\r\n\r\n") + 4);

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** What a vendor that has lost its mind sends as its first frame. */
export const nonsense: Readonly<Record<string, (socket: WebSocket) => void>> = {
  "half a message": (socket) => socket.send('{"type":"Resul'),
  "a message that is no object": (socket) => socket.send("[1,2]"),
  "a frame with a reserved opcode": (socket) => rawOf(socket).write(Buffer.from([0x83, 0x01, 0x41])),
  "text that is not UTF-8": (socket) => rawOf(socket).write(Buffer.from([0x81, 0x02, 0xc3, 0x28])),
};

const rawOf = (socket: WebSocket): Socket => (socket as unknown as { readonly _socket: Socket })._socket;

/** A vendor's address where every WebSocket is accepted and the first thing that a client sends is answered with `answer`. */
export async function startNonsense(
  answer: (socket: WebSocket) => void,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.once("message", () => answer(socket));
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    close: () => {
      for (const socket of server.clients) socket.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
