import type { WebSocket } from "ws";
import type { Logger } from "@tandem/telemetry";
import { type FrameAllowance, FrameBudget } from "../stream/frame-budget.ts";
import { type AgentFrame, agentReplies, readAgentFrame, type ResponsePiece, type Utterance } from "./agent-frame.ts";

/** Why we close a hosted agent's socket. 1000 would hang the call up, so every other end has a code of its own. */
export const AGENT_CLOSE = {
  stopping: 1001,
  binary: 1003,
  internal: 1011,
  malformed: 4400,
  /** The call's stamp is forged, late or for another call or deployment. */
  refused: 4401,
  /** No call details within five seconds. */
  unstarted: 4408,
  /** Another socket of the same call has taken over, or none of its pings came. */
  superseded: 4409,
  /** The release has left its slot, or the call has ended. */
  gone: 4410,
  /** More frames than any conversation has. */
  flooding: 4429,
} as const;

export type AgentCloseReason = keyof typeof AGENT_CLOSE;

/** A hosted agent's call behind one socket. */
export interface HostedCall {
  respond(responseId: number, transcript: readonly Utterance[]): void;
  remind(responseId: number, transcript: readonly Utterance[]): void;
  /** The agent has finished speaking. */
  agentEnded(): void;
  /** `isClean`: the vendor closed as one does whose call is over. */
  closed(isClean: boolean): void;
}

export interface AgentSocketOptions {
  readonly socket: WebSocket;
  readonly callId: string;
  readonly log: Logger;
  /** Opens the call that its details name; a reason when it may not. */
  readonly open: (
    details: Extract<AgentFrame, { type: "call-details" }>,
    socket: AgentSocket,
  ) => HostedCall | AgentCloseReason;
  readonly onRefused: (reason: AgentCloseReason) => void;
  /** Its call has begun. */
  readonly onStarted: () => void;
  readonly onOver: () => void;
}

/** The vendor tells every change of its transcript, a few per second; each frame holds the whole of it. */
const ALLOWANCE: FrameAllowance = { framesPerSecond: 25, mostSaved: 250 };
const PING_EVERY_MS = 2000;
const SILENT_FOR_MS = 5000;
const DETAILS_WITHIN_MS = 5000;
/** Closed as agreed, with a code or without one. */
const CLEAN = new Set([1000, 1005]);
const MOST_WAITING_BYTES = 1024 * 1024;

/** One socket of a hosted agent, from our `config` to its end. Until the call's stamp has verified nothing is believed. */
export class AgentSocket {
  readonly #options: AgentSocketOptions;
  readonly #deadline: NodeJS.Timeout;
  readonly #pings: NodeJS.Timeout;
  readonly #budget = new FrameBudget(performance.now(), ALLOWANCE);
  #call: HostedCall | null = null;
  #heardMs = performance.now();
  #isOver = false;

  constructor(options: AgentSocketOptions) {
    this.#options = options;
    const { socket } = options;
    socket.on("message", (bytes: Buffer, isBinary) => this.#receive(bytes, isBinary));
    socket.on("close", (code) => this.#finish(CLEAN.has(code)));
    socket.on("error", () => {}); // `close` follows
    this.#deadline = setTimeout(() => this.close("unstarted"), DETAILS_WITHIN_MS).unref();
    this.#pings = setInterval(() => this.#ping(), PING_EVERY_MS).unref();
    socket.send(agentReplies.config());
  }

  /** Room is needed: a socket whose call has not begun gives way. */
  evict(): void {
    this.close("unstarted");
  }

  send(piece: ResponsePiece): void {
    if (this.#isOver) return;
    if (this.#options.socket.bufferedAmount > MOST_WAITING_BYTES) return this.close("superseded");
    this.#options.socket.send(agentReplies.response(piece));
  }

  close(reason: AgentCloseReason): void {
    if (this.#isOver) return;
    this.#options.onRefused(reason);
    this.#finish(false);
    this.#options.socket.close(AGENT_CLOSE[reason]);
  }

  /** The vendor gives up after five silent seconds and dials again; so do we, without waiting for the network to notice. */
  #ping(): void {
    if (performance.now() - this.#heardMs > SILENT_FOR_MS) return this.close("superseded");
    this.#options.socket.send(agentReplies.ping(Date.now()));
  }

  #receive(bytes: Buffer, isBinary: boolean): void {
    if (this.#isOver) return;
    if (isBinary) return this.close("binary");
    this.#heardMs = performance.now();
    if (!this.#budget.take(this.#heardMs)) return this.close("flooding");
    const frame = readAgentFrame(bytes.toString("utf8"));
    if (frame === null) return this.close("malformed");
    try {
      this.#take(frame);
    } catch (error) {
      this.#options.log.error(
        { err: error, agentCallId: this.#options.callId },
        "a hosted conversation failed on our side",
      );
      this.close("internal");
    }
  }

  #take(frame: AgentFrame): void {
    if (frame.type === "ping" || frame.type === "other") return;
    if (frame.type === "call-details") return this.#begin(frame);
    if (this.#call === null) return this.close("malformed");
    if (frame.type === "update") {
      if (frame.hasAgentEnded) this.#call.agentEnded();
    } else this.#call[frame.type](frame.responseId, frame.transcript);
  }

  #begin(details: Extract<AgentFrame, { type: "call-details" }>): void {
    if (this.#call !== null) return; // told again
    if (details.callId !== this.#options.callId) return this.close("refused");
    const opened = this.#options.open(details, this);
    if (typeof opened === "string") return this.close(opened);
    clearTimeout(this.#deadline);
    this.#call = opened;
    this.#options.onStarted();
  }

  #finish(isClean: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    clearInterval(this.#pings);
    this.#options.onOver();
    this.#call?.closed(isClean);
  }
}
