import type { AddressInfo } from "node:net";
import type { IncomingMessage, Server } from "node:http";
import type { SandboxRequest } from "@tandem/ports/sandbox";

const MOST_BYTES = 8 * 1024 * 1024;

/** Listens and returns the origin. Port 0 takes a free one. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => (server.off("error", reject), resolve()));
  });
  const address = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}

/** Stops listening and drops what is open. */
export async function shut(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** Reads a whole request. Rejects with a RangeError beyond 8 MiB. */
export async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new RangeError("the request is larger than 8 MiB");
    chunks.push(chunk);
  }
  return requestOf(incoming, Buffer.concat(chunks).toString("utf8"));
}

/** A request's line and headers as an emulator sees them, with the body given. */
export function requestOf(incoming: IncomingMessage, body: string): SandboxRequest {
  const target = incoming.url ?? "/";
  const mark = target.indexOf("?");
  const headers = singleHeaders(incoming);
  return {
    method: incoming.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1)),
    headers,
    body,
    originalHost: headers["x-original-host"] ?? "",
  };
}

function singleHeaders(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
