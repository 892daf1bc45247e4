import type { Secret } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";
import { WebSocket } from "ws";
import { brokenSocket, closedSocket, RefusedRequest, refusedSocket } from "./errors.ts";
import { ErrorAnswer } from "./wire.ts";

export const CARTESIA_URL = "https://api.cartesia.ai";
/** The interface's date that every request names. */
export const CARTESIA_VERSION = "2026-08-14";

const MOST_BYTES = 8 * 1024 * 1024;
const MOST_ERROR_CHARACTERS = 8192;
/** How long the vendor has to answer our closing frame. */
const CLOSE_WITHIN_MS = 1000;

const headersOf = (apiKey: Secret): Record<string, string> => ({
  Authorization: `Bearer ${apiKey.reveal()}`,
  "Cartesia-Version": CARTESIA_VERSION,
});

export interface CartesiaAddress {
  readonly apiKey: Secret;
  /** Null for Cartesia's own host. */
  readonly baseUrl: string | null;
}

/** Asks for a document. Throws `RefusedRequest`, `SyntaxError`, or what `fetch` throws. */
export async function getJson(
  { apiKey, baseUrl }: CartesiaAddress,
  path: string,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch((baseUrl ?? CARTESIA_URL) + path, {
    headers: headersOf(apiKey),
    signal,
    redirect: "error",
  });
  const text = await cappedText(response);
  if (!response.ok) throw new RefusedRequest(response, ErrorAnswer.wordsOf(text.slice(0, MOST_ERROR_CHARACTERS)));
  return JSON.parse(text);
}

async function cappedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let received = 0;
  for await (const part of response.body ?? []) {
    received += part.byteLength;
    if (received > MOST_BYTES) throw new RangeError("an answer larger than 8 MiB");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** What a speech socket tells. Nothing after `closed`, and nothing after we closed it. */
export interface SpeechSocketListener {
  /** One text message, UTF-8, valid until this returns. */
  message(bytes: Buffer): void;
  /** It could not be opened, or it is gone. Told once. */
  closed(failure: ProviderFailure): void;
}

/** A connection being made or open. */
export interface SpeechSocket {
  /** Sends a frame; before the connection stands it is kept. */
  send(frame: string): void;
  close(): void;
}

/** Opens `/tts/websocket` in the background. Never throws: what goes wrong is told. */
export function openSpeechSocket(
  { apiKey, baseUrl, connectWithinMs }: CartesiaAddress & { readonly connectWithinMs: number },
  listener: SpeechSocketListener,
): SpeechSocket {
  const url = `${(baseUrl ?? CARTESIA_URL).replace(/^http/u, "ws")}/tts/websocket`;
  try {
    const socket = new WebSocket(url, {
      headers: headersOf(apiKey),
      perMessageDeflate: false,
      handshakeTimeout: connectWithinMs,
      followRedirects: false,
      maxPayload: MOST_BYTES,
    });
    return speechSocket(socket, listener);
  } catch {
    // An address or a key that no request can carry; the error may show either.
    queueMicrotask(() => listener.closed(brokenSocket(new Error("not a request"))));
    return { send: () => {}, close: () => {} };
  }
}

function speechSocket(socket: WebSocket, listener: SpeechSocketListener): SpeechSocket {
  let early: string[] | null = [];
  let isOver = false;
  const over = (failure: ProviderFailure): void => {
    if (isOver) return;
    isOver = true;
    listener.closed(failure);
  };
  socket.on("open", () => {
    for (const frame of early ?? []) socket.send(frame);
    early = null;
  });
  socket.on("message", (bytes: Buffer) => {
    if (!isOver) listener.message(bytes);
  });
  socket.on("unexpected-response", (request, response) => {
    over(refusedSocket(response.statusCode ?? 0, response.headers["retry-after"]));
    request.destroy();
  });
  socket.on("error", (error) => over(brokenSocket(error)));
  socket.on("close", (code) => over(closedSocket(code)));
  return {
    send(frame) {
      if (early !== null) early.push(frame);
      else if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    close() {
      if (isOver) return;
      isOver = true;
      shut(socket);
    },
  };
}

/** Says goodbye where somebody listens, and drops the connection when that takes long. */
function shut(socket: WebSocket): void {
  if (socket.readyState === WebSocket.CONNECTING) return socket.terminate();
  const drop = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
  drop.unref();
  socket.once("close", () => clearTimeout(drop));
  socket.close(1000);
}
