import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createParser } from "eventsource-parser";

/** One connection of a page to a stream of events, as it passed the wire. */
export interface Followed {
  readonly path: string;
  /** What the page said it had already. */
  readonly after: string | null;
  /** Ids of the events that reached it, in order. */
  readonly ids: string[];
}

/** Between a browser and the API: passes everything, can be cut at any byte, and remembers which events passed. */
export class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  #isDown = false;
  readonly followed: Followed[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
    server.on("connection", (socket) => {
      if (this.#isDown) socket.destroy();
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** To the API at this port. */
  static async open(port: number): Promise<Wire> {
    const server = createServer((asked, answer) => wire.#pass(asked, answer));
    const wire = new Wire(server, port);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection; until `mend` no new one comes about. */
  cut(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isDown = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = "GET", url: path = "/", headers } = asked;
    const sent = request({ host: "127.0.0.1", port: this.#port, method, path, headers, agent: false }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      if (answered.headers["content-type"]?.startsWith("text/event-stream") === true)
        this.#remember(path, headers["last-event-id"], answered, answer);
      answered.pipe(answer);
    });
    sent.on("error", () => answer.destroy());
    answer.on("close", () => sent.destroy());
    asked.pipe(sent);
  }

  #remember(path: string, after: unknown, answered: IncomingMessage, answer: ServerResponse): void {
    const followed: Followed = { path, after: typeof after === "string" ? after : null, ids: [] };
    this.followed.push(followed);
    const parser = createParser({
      onEvent: ({ id }) => {
        if (id !== undefined && !answer.destroyed) followed.ids.push(id);
      },
    });
    answered.on("data", (chunk: Buffer) => parser.feed(chunk.toString()));
  }
}
