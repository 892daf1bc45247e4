// An endpoint of a tenant on this machine: keeps what it gets and answers as it is told.
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> };
}

type Answer = (response: ServerResponse, times: number) => void;

const ANSWERS: Readonly<Record<string, Answer>> = {
  ok: (response) => response.writeHead(204).end(),
  "fails-once": (response, times) => response.writeHead(times === 1 ? 500 : 204).end(),
  fails: (response) => response.writeHead(503).end("no"),
  hangs: () => {},
  redirects: (response) => response.writeHead(302, { location: "/ok/stolen" }).end(),
  floods: (response) => {
    response.writeHead(200);
    const more = () => !response.destroyed && response.write("x".repeat(64 * 1024), () => setImmediate(more));
    more();
  },
  gone: (response) => response.writeHead(410).end(),
};

export async function startReceiver() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const path = request.url ?? "";
      received.push({
        path,
        headers: request.headers as Record<string, string>,
        body,
        event: JSON.parse(body) as Received["event"],
      });
      const times = received.filter((each) => each.path === path).length;
      ANSWERS[path.split("/")[1] ?? ""]?.(response, times);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    /** A path of its own that answers like this. */
    url: (answer: keyof typeof ANSWERS) => `http://127.0.0.1:${port}/${answer}/${randomUUID()}`,
    at: (url: string): readonly Received[] => received.filter(({ path }) => url.endsWith(path)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** A receiver's check as Standard Webhooks describe it, written from the specification. */
export function isSignedBy(secret: string, { headers, body }: Received): boolean {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": list = "" } = headers;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return list.split(" ").some((entry) => {
    const given = Buffer.from(entry.split(",")[1] ?? "", "base64");
    return entry.startsWith("v1,") && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
