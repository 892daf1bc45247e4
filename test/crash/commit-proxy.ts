// A wire between workers and PostgreSQL that knows enough of the protocol to be cut at the worst moment.
import { createConnection, createServer, type Socket } from "node:net";
import { once } from "node:events";

export type Cut = "cut-before" | "cut-after";

/** One proxy for many processes, told apart by the `application_name` that they connect with. */
export interface CommitProxy {
  readonly port: number;
  /** Cuts the connection of the next transaction that this process commits: before the server gets COMMIT, or once it has committed. */
  arm(applicationName: string, cut: Cut): void;
  /** Takes back what has not struck yet; false when there is nothing to take back. */
  disarm(applicationName: string): boolean;
  /** How often it has cut so far. */
  readonly cuts: { readonly "cut-before": number; readonly "cut-after": number };
  close(): Promise<void>;
}

const STARTUP_TYPE = "startup";

export async function openCommitProxy(upstreamPort: number): Promise<CommitProxy> {
  const armed = new Map<string, Cut>();
  const cuts = { "cut-before": 0, "cut-after": 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = createConnection(upstreamPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {}).on("close", () => (client.destroy(), upstream.destroy(), sockets.delete(socket)));
    }
    let name = "";
    let isAwaitingCommitted = false;
    const sever = (cut: Cut) => {
      armed.delete(name);
      cuts[cut] += 1;
      client.destroy();
    };
    const fromClient = framesOf(true);
    const fromServer = framesOf(false);
    client.on("data", (chunk: Buffer) => {
      const frames = fromClient(chunk);
      for (const { type, body, bytes } of frames) {
        if (type === STARTUP_TYPE) name = applicationNameIn(body) || name;
        const cut = isCommit(type, body) ? armed.get(name) : undefined;
        if (cut === "cut-before") return sever(cut);
        if (cut === "cut-after") isAwaitingCommitted = true;
        upstream.write(bytes);
      }
    });
    upstream.on("data", (chunk: Buffer) => {
      for (const { type, body, bytes } of fromServer(chunk)) {
        if (isAwaitingCommitted && type === "C" && body.toString("latin1").startsWith("COMMIT"))
          return sever("cut-after");
        client.write(bytes);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    port,
    arm: (applicationName, cut) => void armed.set(applicationName, cut),
    disarm: (applicationName) => armed.delete(applicationName),
    cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Frame {
  /** The message's letter; `startup` for the first of a client. */
  readonly type: string;
  readonly body: Buffer;
  readonly bytes: Buffer;
}

/** Splits a stream into protocol messages. */
function framesOf(hasStartup: boolean): (chunk: Buffer) => Frame[] {
  let rest = Buffer.alloc(0);
  let isFirst = hasStartup;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const head = isFirst ? 0 : 1;
      if (rest.length < head + 4) return frames;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return frames;
      const bytes = rest.subarray(0, length);
      frames.push({
        type: isFirst ? STARTUP_TYPE : String.fromCharCode(bytes[0] ?? 0),
        body: bytes.subarray(head + 4),
        bytes,
      });
      isFirst = false;
      rest = rest.subarray(length);
    }
  };
}

const isCommit = (type: string, body: Buffer): boolean =>
  (type === "Q" || type === "P") && /^(?:[^\0]*\0)?COMMIT(?:\0|$)/.test(body.toString("latin1"));

function applicationNameIn(startup: Buffer): string {
  const words = startup.subarray(4).toString("latin1").split("\0");
  return words[words.indexOf("application_name") + 1] ?? "";
}
