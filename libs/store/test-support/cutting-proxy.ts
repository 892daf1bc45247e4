// A wire between store and server that a test can cut at the worst moment: right before or right after the server got COMMIT.
import { createConnection, createServer, type Socket } from "node:net";
import { once } from "node:events";

export type Cut = "never" | "before-commit" | "after-commit";

export interface CuttingProxy {
  readonly url: string;
  /** When to cut the next transaction that commits. */
  cut: Cut;
  close(): Promise<void>;
}

const COMMIT = Buffer.from("Q\0\0\0\x0bCOMMIT\0", "latin1");

export async function openCuttingProxy(url: string): Promise<CuttingProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const proxy = { cut: "never" as Cut };
  const server = createServer((client) => {
    const upstream = createConnection(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => (client.destroy(), upstream.destroy(), sockets.delete(socket)));
    }
    let isDeaf = false;
    client.on("data", (chunk: Buffer) => {
      const cut = chunk.includes(COMMIT) ? proxy.cut : "never";
      if (cut === "before-commit") return void client.destroy();
      isDeaf = cut === "after-commit";
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => (isDeaf ? client.destroy() : client.write(chunk)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return Object.assign(proxy, {
    url: url.replace(`:${target.port}/`, `:${port}/`),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  });
}
