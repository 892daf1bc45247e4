import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxSocket, SandboxWorld } from "@tandem/ports/sandbox";
import { problem } from "./answer.ts";
import { calls } from "./rows.ts";

/** What the person at a phone does. */
export interface PhoneUser {
  /** 20 ms of µ-law that were spoken. */
  speak(audio: Uint8Array): void;
  press(digit: string): void;
  hangUp(): void;
}

const NOBODY: PhoneUser = { speak: () => {}, press: () => {}, hangUp: () => {} };

/** The caller's end of a call: a WebSocket at `/phone/<call id>`. What nobody listens to is lost, as on a line. */
export class Phone {
  readonly #socket: SandboxSocket;
  user: PhoneUser = NOBODY;
  /** Set while the phone waits for a call. */
  onLeft: () => void = () => {};

  constructor(socket: SandboxSocket) {
    this.#socket = socket;
    socket.onBinary = (audio) => this.user.speak(audio);
    socket.onText = (text) => this.#command(text);
    socket.onClose = () => {
      this.onLeft();
      this.user.hangUp();
    };
  }

  hear(audio: Uint8Array): void {
    this.#socket.sendBinary(audio);
  }

  tell(event: JsonObject): void {
    this.#socket.sendText(JSON.stringify(event));
  }

  /** The call is over. */
  end(status: string): void {
    this.user = NOBODY;
    this.tell({ ended: status });
    this.#socket.close(1000);
  }

  #command(text: string): void {
    let command: JsonObject;
    try {
      command = JSON.parse(text) as JsonObject;
    } catch {
      return this.#socket.close(1007, "not JSON");
    }
    if (typeof command["digit"] === "string") this.user.press(command["digit"]);
    if (command["hangUp"] === true) this.user.hangUp();
  }
}

/** Phones of live calls by call id. Live things are in memory only: a sandbox that restarts has lost its calls. */
const attached = new Map<string, Phone>();
const awaited = new Map<string, (phone: Phone) => void>();
/** Phones that wait at a number for a call, oldest first. */
const waiting = new Map<string, Phone[]>();

const placeOf = (world: SandboxWorld, number: string): string => `${world.originOf("twilio")} ${number}`;

export const phoneOf = (callSid: string): Phone | undefined => attached.get(callSid);

/** Resolves with the caller's phone once it is attached, or null when it is not within the time. */
export function awaitPhone(callSid: string, withinMs: number): Promise<Phone | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      awaited.delete(callSid);
      resolve(null);
    }, withinMs);
    timer.unref();
    awaited.set(callSid, (phone) => {
      clearTimeout(timer);
      awaited.delete(callSid);
      resolve(phone);
    });
  });
}

/** The phone that waits at this number takes the call. Null when none waits. */
export function pickUp(world: SandboxWorld, number: string, callSid: string): Phone | null {
  const phone = waiting.get(placeOf(world, number))?.shift();
  if (phone === undefined) return null;
  phone.onLeft = () => {};
  phone.tell({ callSid });
  attach(callSid, phone);
  return phone;
}

function attach(callSid: string, phone: Phone): void {
  attached.set(callSid, phone);
  awaited.get(callSid)?.(phone);
}

export function detachPhone(callSid: string, status: string): void {
  const phone = phoneOf(callSid);
  attached.delete(callSid);
  phone?.end(status);
}

/** `/phone/<call id>` is the caller's end of a call, `/phone/<number>` a phone that waits there for one. */
export function openPhone(
  socket: SandboxSocket,
  world: SandboxWorld,
  onAttached: (callSid: string, phone: Phone) => void,
): SandboxResponse | null {
  const [, target = ""] = /^\/phone\/(CA[0-9a-f]{32}|(?:\+|%2B)\d{6,15})$/i.exec(socket.request.path) ?? [];
  if (target.startsWith("CA")) {
    const call = calls(world).get(target);
    if (call === undefined || call.endedAt > 0) return problem(404, 20404, `There is no live call ${target}`);
    if (attached.has(target)) return problem(409, 20409, `The call ${target} has its phone`);
    const phone = new Phone(socket);
    onAttached(target, phone);
    attach(target, phone);
    return null;
  }
  if (target === "") return problem(404, 20404, "The emulated carrier serves /phone/<call id> and /phone/<number>");
  wait(placeOf(world, decodeURIComponent(target)), new Phone(socket));
  return null;
}

function wait(place: string, phone: Phone): void {
  waiting.set(place, [...(waiting.get(place) ?? []), phone]);
  phone.onLeft = () => {
    const left = (waiting.get(place) ?? []).filter((each) => each !== phone);
    if (left.length === 0) waiting.delete(place);
    else waiting.set(place, left);
  };
}
