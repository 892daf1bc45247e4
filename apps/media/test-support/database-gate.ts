// A wire between media and its database that a test can shut and open again: a database that is away for any length of time.
import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";

export interface DatabaseGate {
  /** The database's URL through the gate. */
  readonly url: string;
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function openDatabaseGate(url: string): Promise<DatabaseGate> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | null = null;
  const connect = (client: Socket) => {
    const upstream = createConnection(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => (client.destroy(), upstream.destroy(), sockets.delete(socket)));
    }
    client.pipe(upstream).pipe(client);
  };
  const gate = {
    url: "",
    open: async () => {
      if (server !== null) return;
      server = createServer(connect);
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      ({ port } = server.address() as { port: number });
    },
    shut: async () => {
      const closing = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      if (closing !== null) await new Promise((resolve) => closing.close(resolve));
    },
  };
  await gate.open();
  return { ...gate, url: url.replace(`:${target.port}/`, `:${port}/`) };
}
