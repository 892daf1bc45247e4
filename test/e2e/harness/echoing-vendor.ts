import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** How much of a request comes back. */
const MOST_ECHOED = 16_000;

/** A vendor that refuses everything with 401 and repeats the request in headers, body and sentence, key and words included. */
export class EchoingVendor {
  readonly origin: string;
  /** What it was asked, as it was repeated: to know that it was really met. */
  readonly echoes: string[];
  readonly #server: Server;

  private constructor(server: Server, echoes: string[]) {
    this.#server = server;
    this.echoes = echoes;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<EchoingVendor> {
    const echoes: string[] = [];
    const echoOf = ({ url = "", headers }: IncomingMessage, body: string): string => {
      const echo = `${url} ${JSON.stringify(headers)} ${body}`.slice(0, MOST_ECHOED);
      echoes.push(echo);
      return echo;
    };
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const echo = echoOf(request, Buffer.concat(chunks).toString("utf8"));
        const header = echo.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 900);
        const words = {
          message: echo,
          detail: { status: "invalid_api_key", message: echo },
          error: { message: echo, code: echo },
        };
        response
          .writeHead(401, { "content-type": "application/json", "dg-error": header, "x-request-id": "r-1" })
          .end(JSON.stringify({ ...words, err_msg: echo, err_code: "INVALID_AUTH", title: echo }));
      });
    });
    server.on("upgrade", (request, socket) => {
      const header = echoOf(request, "")
        .replaceAll(/[^\x20-\x7e]/g, "")
        .slice(0, 900);
      socket.on("error", () => {});
      socket.end(
        `HTTP/1.1 401 ${header.slice(0, 60)}\r\ndg-error: ${header}\r\ncontent-type: text/plain\r\ncontent-length: ${header.length}\r\nconnection: close\r\n\r\n${header}`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new EchoingVendor(server, echoes);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
