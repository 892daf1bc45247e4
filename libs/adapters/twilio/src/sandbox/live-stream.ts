import { FRAME_MS, frameClock, MULAW_SILENCE } from "@tandem/audio";
import type { DialledSocket, SandboxWorld } from "@tandem/ports/sandbox";
import { CarrierSide } from "../carrier-side.ts";
import { signatureOf } from "../signature.ts";
import { phoneOf } from "./phone.ts";
import { accounts, type CallRow } from "./rows.ts";

const SILENCE = new Uint8Array(FRAME_MS * 8).fill(MULAW_SILENCE);
/** Most audio that a phone may send at once, bytes. */
const MOST_SPOKEN_BYTES = 8000;
/** A phone that has sent nothing for so many frames is a silent caller: the carrier sends silence for it. */
const QUIET_FRAMES = 10;
const KEYPAD = /^[0-9*#A-D]$/;

/** One call's stream to the customer's server, played and sent at the pace of a telephone line. */
export class LiveStream {
  readonly #callSid: string;
  readonly #carrier: CarrierSide;
  readonly #socket: DialledSocket;
  readonly #unlisten: () => void;
  #quietFrames = QUIET_FRAMES;

  constructor(callSid: string, carrier: CarrierSide, socket: DialledSocket) {
    this.#callSid = callSid;
    this.#carrier = carrier;
    this.#socket = socket;
    socket.onText = (text) => {
      const ignored = carrier.receive(text);
      if (ignored !== null) console.error(`sandbox twilio: frame of stream ignored: ${ignored}`);
    };
    carrier.open();
    this.#unlisten = frameClock.listen(() => this.#beat());
  }

  /** What the caller says goes on as it comes: the phone keeps the pace. */
  speak(audio: Uint8Array): void {
    if (audio.length === 0 || audio.length > MOST_SPOKEN_BYTES) return;
    this.#quietFrames = 0;
    this.#carrier.hearCaller(audio);
  }

  press(digit: string): void {
    if (KEYPAD.test(digit)) this.#carrier.press(digit);
  }

  /** The socket is gone. */
  lose(): void {
    this.#unlisten();
  }

  /** The call goes elsewhere or is over. */
  stop(): void {
    this.#unlisten();
    this.#carrier.stop();
    this.#socket.close(1000);
  }

  #beat(): void {
    phoneOf(this.#callSid)?.hear(this.#carrier.play(FRAME_MS));
    this.#quietFrames += 1;
    if (this.#quietFrames > QUIET_FRAMES) this.#carrier.hearCaller(SILENCE);
  }
}

/** Streams by call id; null while being dialled. In memory only. */
const streams = new Map<string, LiveStream | null>();

export const streamOf = (callSid: string): LiveStream | null => streams.get(callSid) ?? null;

/** Ends the stream of a call; false when it had none. */
export function dropStream(callSid: string): boolean {
  const stream = streams.get(callSid);
  streams.delete(callSid);
  stream?.stop();
  return stream !== undefined && stream !== null;
}

/**
 * Dials the customer's server, signed, and begins the stream of a call that is connected to one. `elsewhere`: the call was taken away
 * meanwhile. `onEnded` gets the close code when the server ends the stream or it breaks.
 */
export async function dialStream(
  world: SandboxWorld,
  call: CallRow,
  onEnded: (code: number) => void,
): Promise<"connected" | "refused" | "elsewhere"> {
  if (call.connected.to !== "stream") return "elsewhere";
  const { url, parameters } = call.connected;
  const token = accounts(world).get(call.accountSid)?.authToken ?? "";
  streams.set(call.sid, null);
  let socket: DialledSocket;
  try {
    socket = await world.dial(url, { headers: { "x-twilio-signature": signatureOf(token, url, new Map()) } });
  } catch {
    return streams.delete(call.sid) ? "refused" : "elsewhere";
  }
  if (streams.get(call.sid) !== null) {
    socket.close(1000);
    return "elsewhere";
  }
  const streamSid = world.newId("MZ", 34);
  const carrier = new CarrierSide({ accountSid: call.accountSid, callSid: call.sid, streamSid, parameters }, (frame) =>
    socket.sendText(frame),
  );
  const stream = new LiveStream(call.sid, carrier, socket);
  streams.set(call.sid, stream);
  socket.onClose = (code) => {
    stream.lose();
    if (streams.get(call.sid) !== stream) return;
    streams.delete(call.sid);
    onEnded(code);
  };
  return "connected";
}
