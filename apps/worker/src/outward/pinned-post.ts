import { lookup } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { WebAnswer, WebPost, WebRequest } from "@tandem/engine";

/** What a failed request is told by; `code` may be shown to the tenant. */
export class PostFailure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`The endpoint gave no answer (${code})`);
    this.code = code;
  }
}

/**
 * Posts to an address that was checked before: the socket is connected to it and to nothing that a name resolves to since, while name and
 * certificate stay those of the URL. No connection is kept, no redirect followed, no proxy heeded.
 */
export const pinnedPost: WebPost = {
  resolve: async (host) =>
    isIP(host) === 0 ? (await lookup(host, { all: true, order: "ipv4first" })).map(({ address }) => address) : [host],
  post: (request) =>
    new Promise((resolve, reject) => {
      const send = request.destination.isTls ? httpsRequest : httpRequest;
      const signal = AbortSignal.timeout(request.deadlineMs);
      const sent = send({ ...optionsOf(request), signal }, (response) => {
        readAnswer(response, request.answerCapBytes).then(resolve, reject);
      });
      sent.on("error", (error) => reject(new PostFailure(codeOf(error))));
      sent.end(request.body);
    }),
};

function optionsOf({ destination, address, headers, body }: WebRequest): RequestOptions & { servername?: string } {
  const { host, port, path, isTls } = destination;
  const isDefaultPort = port === (isTls ? 443 : 80);
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    agent: false,
    host: address,
    port,
    path,
    method: "POST",
    ...(isTls && isIP(host) === 0 && { servername: host }),
    headers: {
      host: isDefaultPort ? name : `${name}:${port}`,
      ...headers,
      "content-length": String(Buffer.byteLength(body)),
      connection: "close",
    },
  };
}

/** Reads the answer away, up to the cap: what it says is not looked at, but an endpoint that does not end it has not taken the message. */
async function readAnswer(response: IncomingMessage, capBytes: number): Promise<WebAnswer> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > capBytes) throw new PostFailure("ANSWER_TOO_LARGE");
    }
  } catch (error) {
    throw error instanceof PostFailure ? error : new PostFailure(codeOf(error));
  } finally {
    response.destroy();
  }
  return { status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] ?? null };
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: string };
  if (name === "AbortError" || name === "TimeoutError") return "DEADLINE";
  return typeof code === "string" ? code : "FAILED";
}
