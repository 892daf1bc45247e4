import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One public address in front of several media nodes, as a load balancer is: the node in turn first, and the others when it is gone. */
export class FrontDoor {
  readonly #server: Server;
  /** Ports of the nodes, the preferred one first. */
  ports: readonly number[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<FrontDoor> {
    const server = createServer((asked, answer) => void door.#pass(asked, answer));
    const door = new FrontDoor(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of asked as AsyncIterable<Buffer>) chunks.push(chunk);
    for (const port of this.ports) if (await forward(port, asked, Buffer.concat(chunks), answer)) return;
    answer.writeHead(502).end();
  }
}

/** False when the node is not there. */
function forward(port: number, asked: IncomingMessage, body: Buffer, answer: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const { method = "GET", url: path = "/", headers } = asked;
    const sent = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
      answered.on("end", () => resolve(true));
    });
    sent.on("error", () => resolve(false));
    sent.end(body);
  });
}
