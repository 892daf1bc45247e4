import type { IncomingMessage } from "node:http";
import type { ProviderAccess, ProviderFailure } from "@tandem/ports/provider";
import { WebSocket } from "ws";
import { closedFailure, refusedFailure, socketFailure, unavailable } from "./errors.ts";

const HOST = "api.deepgram.com";
/** Longest time from dialling to an open socket. */
const CONNECT_WITHIN_MS = 4000;
/** How long a socket that we close may take over it. */
const CLOSE_WITHIN_MS = 1000;
/** A vendor that has not taken this much takes nothing any more: more than two minutes of µ-law. */
const MOST_UNSENT_BYTES = 1024 * 1024;
/** The largest message that is believed: a minute of PCM in one frame is far beyond what comes. */
const MOST_RECEIVED_BYTES = 2 * 1024 * 1024;

/** Origin of the REST interface; the sockets use the same with `ws:` or `wss:`. */
export function originOf({ baseUrl, config }: Pick<ProviderAccess, "baseUrl" | "config">): string {
  if (baseUrl !== null) return baseUrl.replace(/(?<!\/)\/+$/u, "");
  return `https://${typeof config["host"] === "string" ? config["host"] : HOST}`;
}

/** Told in order. After `ended`, and after `drop` or `end`, nothing is told. */
export interface SocketListener {
  opened(): void;
  text(text: string): void;
  /** Valid until the method returns. */
  binary(bytes: Uint8Array): void;
  /** The socket ended without our doing, or never opened. */
  ended(failure: ProviderFailure): void;
}

/** One WebSocket to Deepgram. Methods never throw and never wait. */
export class DeepgramSocket {
  readonly #apiKey: string;
  #socket: WebSocket | null = null;
  #listener: SocketListener | null;
  #connecting: NodeJS.Timeout | null = null;

  /** Dials `path` (with its query) at once. */
  constructor(access: ProviderAccess, path: string, listener: SocketListener) {
    this.#listener = listener;
    this.#apiKey = access.secrets["apiKey"]?.reveal() ?? "";
    try {
      this.#socket = this.#dial(`${originOf(access).replace(/^http/u, "ws")}${path}`);
    } catch {
      // An address or a key that no request can carry. The error's text may show it.
      queueMicrotask(() =>
        this.#end({
          fault: "invalid",
          message: "Deepgram cannot be dialled with this host and key",
          retryAfterMs: null,
        }),
      );
    }
  }

  #dial(url: string): WebSocket {
    const socket = new WebSocket(url, {
      headers: { authorization: `Token ${this.#apiKey}` },
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MOST_RECEIVED_BYTES,
    });
    this.#connecting = setTimeout(
      () => this.#end(unavailable(`no connection within ${CONNECT_WITHIN_MS} ms`)),
      CONNECT_WITHIN_MS,
    );
    socket.on("open", () => {
      this.#stopConnecting();
      this.#listener?.opened();
    });
    socket.on("message", (bytes: Buffer, isBinary) => {
      if (isBinary) this.#listener?.binary(bytes);
      else this.#listener?.text(bytes.toString("utf8"));
    });
    socket.on("unexpected-response", (_, response: IncomingMessage) =>
      this.#end(refusedFailure(response.statusCode ?? 0, response.headers, this.#apiKey)),
    );
    socket.on("error", (error) => this.#end(socketFailure(error)));
    socket.on("close", (code, reason) => this.#end(closedFailure(code, reason.toString("utf8"), this.#apiKey)));
    return socket;
  }

  get isOpen(): boolean {
    return this.#listener !== null && this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Sends a frame; without effect unless the socket is open. The bytes may be reused after return. */
  send(frame: string | Uint8Array): void {
    if (!this.isOpen || this.#socket === null) return;
    // Masking copies the bytes into the frame, so that `ws` keeps no reference to them.
    this.#socket.send(frame);
    if (this.#socket.bufferedAmount > MOST_UNSENT_BYTES)
      this.#end(unavailable("nothing that is sent is taken any more"));
  }

  /** Says `lastWords` and closes; the connection is gone within a second at most. */
  end(lastWords: string): void {
    this.send(lastWords);
    const socket = this.#socket;
    if (!this.isOpen || socket === null) return this.drop();
    this.#listener = null;
    socket.close(1000);
    const timer = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
    socket.once("close", () => clearTimeout(timer));
  }

  /** Cuts the connection. */
  drop(): void {
    this.#listener = null;
    this.#stopConnecting();
    this.#socket?.terminate();
  }

  #end(failure: ProviderFailure): void {
    const listener = this.#listener;
    this.drop();
    listener?.ended(failure);
  }

  #stopConnecting(): void {
    if (this.#connecting !== null) clearTimeout(this.#connecting);
    this.#connecting = null;
  }
}
