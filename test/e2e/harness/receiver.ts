import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An endpoint of a tenant on this machine: keeps every body and says yes. */
export interface Receiver {
  /** An address of its own for each name. */
  url(name: string): string;
  /** Bodies that came to the address of that name, oldest first. */
  at(name: string): readonly string[];
  stop(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const bodies = new Map<string, string[]>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const name = (request.url ?? "/").slice(1);
      bodies.set(name, [...(bodies.get(name) ?? []), Buffer.concat(chunks).toString()]);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    at: (name) => bodies.get(name) ?? [],
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
