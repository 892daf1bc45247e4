// A wire between processes and PostgreSQL that can be made slow, cut, deaf on both ends, or as thin as one byte a second.
import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";

/** `half-open`: both ends believe in a connection on which nothing arrives any more. */
export type WireState = "good" | "slow" | "cut" | "half-open" | "trickle";

const SLOW_BY_MS = 150;
const TRICKLE_MS = 1000;

export interface BadWire {
  /** The address with this wire's port in place of the server's. */
  through(url: string): string;
  state: WireState;
  close(): Promise<void>;
}

export async function openBadWire(upstreamPort: number): Promise<BadWire> {
  const sockets = new Set<Socket>();
  let state: WireState = "good";
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (state === "cut") return void client.destroy();
    const upstream = createConnection(upstreamPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => (client.destroy(), upstream.destroy(), sockets.delete(socket)));
    }
    carry(client, upstream, () => state);
    carry(upstream, client, () => state);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    through: (url) => url.replace(/:\d+\//, `:${port}/`),
    get state() {
      return state;
    },
    set state(next) {
      // What went lost on a deaf or thin wire does not come back: such connections end when the trouble does.
      if (next === "cut" || state === "half-open" || state === "trickle") drop();
      state = next;
    },
    close: async () => {
      drop();
      server.close();
      await once(server, "close");
    },
  };
}

/** Hands on what arrives, in order, as the state of the wire allows. */
function carry(from: Socket, to: Socket, state: () => WireState): void {
  let before = Promise.resolve();
  from.on("data", (chunk: Buffer) => {
    const now = state();
    if (now === "half-open") return;
    before = before.then(() => pass(chunk, to, now)).catch(() => {});
  });
}

async function pass(chunk: Buffer, to: Socket, state: WireState): Promise<void> {
  if (state === "slow") await pause(SLOW_BY_MS);
  if (state !== "trickle") return void (to.destroyed || to.write(chunk));
  for (const byte of chunk) {
    await pause(TRICKLE_MS);
    if (to.destroyed) return;
    to.write(Buffer.of(byte));
  }
}

const pause = (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs).unref());
