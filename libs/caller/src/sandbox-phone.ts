import { isJsonObject, type Json } from "@tandem/kernel";
import { WebSocket } from "ws";
import { dial } from "./dial.ts";
import { Earpiece, type LineListener, type PhoneLine } from "./phone-line.ts";

/**
 * A phone at the emulated carrier: of a call (`CA…`), or waiting at a number for one. `origin` is the emulated Twilio's. Rejects when
 * there is no such live call.
 */
export async function sandboxPhone(origin: string, callOrNumber: string): Promise<PhoneLine> {
  const phone = new SandboxPhone(callOrNumber.startsWith("+") ? "" : callOrNumber);
  const url = `${origin.replace(/^http/, "ws")}/phone/${encodeURIComponent(callOrNumber)}`;
  phone.socket = await dial(url, {}, (socket) => phone.attach(socket));
  return phone;
}

class SandboxPhone implements PhoneLine {
  readonly #earpiece = new Earpiece();
  #hasEnded = false;
  socket: WebSocket | null = null;
  callId: string;

  constructor(callId: string) {
    this.callId = callId;
  }

  attach(socket: WebSocket): void {
    socket.on("message", (bytes: Buffer, isBinary) =>
      isBinary ? this.#earpiece.heard(new Uint8Array(bytes)) : this.#event(JSON.parse(bytes.toString("utf8")) as Json),
    );
    socket.on("close", () => this.#end("lost"));
  }

  listen(listener: LineListener): void {
    this.#earpiece.listen(listener);
  }

  send(frame: Uint8Array): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  press(digit: string): void {
    this.#command({ digit });
  }

  hangUp(): void {
    this.#command({ hangUp: true });
  }

  #command(command: Json): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(command));
  }

  #event(event: Json): void {
    if (!isJsonObject(event)) return;
    if (typeof event["callSid"] === "string") this.callId = event["callSid"];
    if (typeof event["said"] === "string") this.#earpiece.said(event["said"]);
    if (typeof event["connected"] === "string") this.#earpiece.connected(event["connected"]);
    if (typeof event["ended"] === "string") this.#end(event["ended"]);
  }

  #end(status: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#earpiece.ended(status);
  }
}
