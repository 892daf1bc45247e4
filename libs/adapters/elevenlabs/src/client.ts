import type { Secret } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";
import { WebSocket } from "ws";
import { brokenSocket, closedSocket, RefusedRequest, refusedSocket } from "./errors.ts";
import { readError } from "./wire.ts";

export const ELEVENLABS_URL = "https://api.elevenlabs.io";

/** Audio messages can be large: the vendor's own clients allow 16 MiB. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_ERROR_CHARACTERS = 8192;
/** How long the vendor has to answer our closing frame. */
const CLOSE_WITHIN_MS = 1000;

export interface ElevenLabsAddress {
  readonly apiKey: Secret;
  /** Null for ElevenLabs' own host. */
  readonly baseUrl: string | null;
}

/** Asks for a document. Throws `RefusedRequest`, `SyntaxError`, or what `fetch` throws. */
export async function getJson(address: ElevenLabsAddress, path: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch((address.baseUrl ?? ELEVENLABS_URL) + path, {
    headers: { "xi-api-key": address.apiKey.reveal() },
    signal,
    redirect: "error",
  });
  const text = await cappedText(response);
  if (!response.ok) throw new RefusedRequest(response, readError(text.slice(0, MOST_ERROR_CHARACTERS)));
  return JSON.parse(text);
}

async function cappedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let received = 0;
  for await (const part of response.body ?? []) {
    received += part.byteLength;
    if (received > MOST_BYTES) throw new RangeError("an answer larger than 16 MiB");
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
  /** Says `farewell` where the connection stands, and closes it. */
  close(farewell: string): void;
}

export interface SpeechSocketOptions extends ElevenLabsAddress {
  /** Path with query. */
  readonly path: string;
  readonly connectWithinMs: number;
}

/** Opens a WebSocket in the background. Never throws: what goes wrong is told. */
export function openSpeechSocket(options: SpeechSocketOptions, listener: SpeechSocketListener): SpeechSocket {
  const { apiKey, baseUrl, path, connectWithinMs } = options;
  try {
    const socket = new WebSocket((baseUrl ?? ELEVENLABS_URL).replace(/^http/u, "ws") + path, {
      headers: { "xi-api-key": apiKey.reveal() },
      perMessageDeflate: false,
      handshakeTimeout: connectWithinMs,
      followRedirects: false,
      maxPayload: MOST_BYTES,
    });
    return speechSocket(socket, listener, () => [apiKey.reveal()]);
  } catch {
    // An address or a key that no request can carry; the error may show either.
    queueMicrotask(() => listener.closed(brokenSocket(new Error("not a request"))));
    return { send: () => {}, close: () => {} };
  }
}

function speechSocket(
  socket: WebSocket,
  listener: SpeechSocketListener,
  hidden: () => readonly string[],
): SpeechSocket {
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
  socket.on("close", (code, reason) => over(closedSocket(code, reason.toString("utf8"), hidden())));
  return {
    send(frame) {
      if (early !== null) early.push(frame);
      else if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    close(farewell) {
      if (isOver) return;
      isOver = true;
      shut(socket, farewell);
    },
  };
}

/** Says goodbye where somebody listens, and drops the connection when that takes long. */
function shut(socket: WebSocket, farewell: string): void {
  if (socket.readyState === WebSocket.CONNECTING) return socket.terminate();
  const drop = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
  drop.unref();
  socket.once("close", () => clearTimeout(drop));
  if (socket.readyState === WebSocket.OPEN) socket.send(farewell);
  socket.close(1000);
}
