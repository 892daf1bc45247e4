import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An OpenTelemetry collector that keeps what it is sent as text. */
export class SpanCollector {
  readonly url: string;
  readonly #server: Server;
  readonly #bodies: Buffer[];

  private constructor(server: Server, bodies: Buffer[]) {
    this.#server = server;
    this.#bodies = bodies;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<SpanCollector> {
    const bodies: Buffer[] = [];
    const server = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => bodies.push(chunk));
      request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new SpanCollector(server, bodies);
  }

  /** Everything that came, headers not counted. */
  get text(): string {
    return Buffer.concat(this.#bodies).toString("utf8");
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
