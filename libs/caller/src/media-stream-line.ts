import { randomBytes } from "node:crypto";
import { FRAME_MS, frameClock } from "@tandem/audio";
import { CarrierSide } from "@tandem/twilio/carrier-side";
import { WebSocket } from "ws";
import { dial } from "./dial.ts";
import { Earpiece, type PhoneLine } from "./phone-line.ts";

/** How a carrier would connect a call to a media service. */
export interface MediaStreamCall {
  /** `ws:` or `wss:`, as in the document that connects the call. */
  readonly url: string;
  /** Named values of that document, e.g. the ticket. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the handshake, e.g. the carrier's signature. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The carrier's ids; made up when absent. */
  readonly accountSid?: string;
  readonly callSid?: string;
  /** Asked when the media service has closed the stream: what the carrier would do next. Absent: the call has ended. */
  readonly afterStream?: () => Promise<"hang-up" | "hand-off">;
}

const fresh = (prefix: string): string => prefix + randomBytes(16).toString("hex");

/** Plays the carrier towards a media service. Rejects when the stream does not open. */
export async function mediaStreamLine(call: MediaStreamCall): Promise<PhoneLine> {
  const earpiece = new Earpiece();
  const ids = {
    accountSid: call.accountSid ?? fresh("AC"),
    callSid: call.callSid ?? fresh("CA"),
    streamSid: fresh("MZ"),
    parameters: call.parameters,
  };
  let socket: WebSocket | null = null;
  const carrier = new CarrierSide(ids, (frame) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(frame);
  });
  let hasHungUp = false;
  socket = await dial(call.url, call.headers ?? {}, (opening) => {
    opening.on("message", (bytes: Buffer) => carrier.receive(bytes.toString("utf8")));
  });
  carrier.open();
  const unlisten = frameClock.listen(() => earpiece.heard(carrier.play(FRAME_MS)));
  socket.on("close", () => {
    unlisten();
    if (hasHungUp) return earpiece.ended("completed");
    const after = call.afterStream?.() ?? Promise.resolve("hang-up" as const);
    after
      .then((next) => (next === "hand-off" ? earpiece.connected("person") : earpiece.ended("completed")))
      .catch(() => earpiece.ended("failed"));
  });
  return {
    callId: ids.callSid,
    listen: (listener) => earpiece.listen(listener),
    send: (frame) => carrier.hearCaller(frame),
    press: (digit) => carrier.press(digit),
    hangUp: () => {
      hasHungUp = true;
      carrier.stop();
      socket.close(1000);
    },
  };
}
