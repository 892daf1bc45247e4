// The carrier's end of an audio stream, frame by frame, so that a test can also send what no carrier would.
import { once } from "node:events";
import { WebSocket } from "ws";
import { renderTones, ToneReader } from "@tandem/audio";

export const ACCOUNT = `AC${"0".repeat(32)}`;
export const STREAM = `MZ${"1".repeat(32)}`;
const FORMAT = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const FRAME_BYTES = 160;

type Frame = Record<string, unknown>;

export interface StreamClient {
  readonly socket: WebSocket;
  /** Frames from the service, media aside. */
  readonly received: Frame[];
  /** Words that were played to the caller. */
  readonly heard: string[];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  send(frame: Frame | string | Buffer): void;
  connected(): void;
  start(callSid: string, parameters: Record<string, string>, change?: Frame): void;
  media(audio: Uint8Array, change?: Frame): void;
  /** Sends readable tones in 20 ms frames, as fast as they go. */
  say(text: string): void;
  event(name: string, body?: Frame, change?: Frame): void;
}

/** Opens the stream; rejects with the HTTP status when the handshake is refused. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  const received: Frame[] = [];
  const heard: string[] = [];
  const reader = new ToneReader(FORMAT, (event) => {
    if (event.type === "word") heard.push(event.text);
  });
  socket.on("message", (bytes: Buffer) => {
    const frame = JSON.parse(bytes.toString()) as Frame;
    if (frame["event"] === "media") reader.push(Buffer.from((frame["media"] as { payload: string }).payload, "base64"));
    else received.push(frame);
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("unexpected-response", (_request, response) => {
      reject(new Error(String(response.statusCode)));
      socket.terminate();
    });
    socket.once("error", reject);
  });
  let sequence = 0;
  let chunk = 0;
  const client: StreamClient = {
    socket,
    received,
    heard,
    closed,
    send: (frame) => socket.send(Buffer.isBuffer(frame) || typeof frame === "string" ? frame : JSON.stringify(frame)),
    connected: () => client.send({ event: "connected", protocol: "Call", version: "1.0.0" }),
    start: (callSid, parameters, change = {}) =>
      client.event("start", {
        start: {
          accountSid: ACCOUNT,
          streamSid: STREAM,
          callSid,
          tracks: ["inbound"],
          mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
          customParameters: parameters,
          ...change,
        },
      }),
    media: (audio, change = {}) => {
      chunk += 1;
      const payload = Buffer.from(audio).toString("base64");
      const media = { track: "inbound", chunk: String(chunk), timestamp: String((chunk - 1) * 20), payload, ...change };
      client.event("media", { media });
    },
    say: (text) => {
      const { audio } = renderTones(`${text} `, FORMAT, { msPerCharacter: 30 });
      for (let at = 0; at + FRAME_BYTES <= audio.length; at += FRAME_BYTES)
        client.media(audio.subarray(at, at + FRAME_BYTES));
    },
    event: (name, body = {}, change = {}) => {
      sequence += 1;
      client.send({ event: name, sequenceNumber: String(sequence), streamSid: STREAM, ...body, ...change });
    },
  };
  return client;
}

/** The code with which the service closes. */
export const closeCode = async (client: StreamClient): Promise<number> => {
  if (client.socket.readyState === WebSocket.CLOSED) return client.closed;
  await Promise.race([client.closed, once(client.socket, "close")]);
  return client.closed;
};
