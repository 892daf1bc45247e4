import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type {
  CarrierStream,
  CarrierStreamListener,
  CarrierStreamReader,
  CarrierStreamStart,
} from "@tandem/ports/carrier-stream";
import type { Logger } from "@tandem/telemetry";
import type { CallLine, CallPipeline } from "../pipeline/call-line.ts";
import type { Served } from "../pointer/served.ts";
import type { StreamEnd } from "../session/live-session.ts";
import { acceptStart, type StartedStream, type StartRules } from "./accept-start.ts";
import { FrameBudget } from "./frame-budget.ts";
import { STREAM_CLOSE, type StreamCloseReason } from "./stream-close.ts";
import { StreamLine } from "./stream-line.ts";

/** A call on a started stream. */
export interface StreamCall extends CallPipeline {
  /** The stream is over; told once, after `closed`. */
  ended(end: StreamEnd, reason: StreamCloseReason | "dropped"): void;
}

/** Opens the call of a started stream; synchronous: the first audio frame may follow at once. */
export type OpenStreamCall = (started: StartedStream, line: CallLine) => StreamCall;

/** What the streams of a node share. */
export interface StreamHost extends StartRules {
  readonly log: Logger;
  readonly openCall: OpenStreamCall;
  /** Told of each stream that was closed for a reason of its own making. */
  readonly onRefused: (reason: StreamCloseReason) => void;
}

const START_WITHIN_MS = 5000;
const SILENT_FOR_MS = 15_000;

/** One carrier WebSocket from its first frame to its end. Until a ticket has verified, nothing it says has an effect. */
export class StreamConnection implements CarrierStreamListener {
  readonly #host: StreamHost;
  readonly #served: Served;
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  readonly #stream: CarrierStream;
  readonly #reader: CarrierStreamReader;
  readonly #budget: FrameBudget;
  readonly #startDeadline: NodeJS.Timeout;
  readonly #onStarted: () => void;
  readonly #onOver: () => void;
  #call: StreamCall | null = null;
  #started: StartedStream | null = null;
  #line: StreamLine | null = null;
  #lastSequence = 0;
  #heardMs = performance.now();
  #isOver = false;

  constructor(options: {
    readonly host: StreamHost;
    readonly served: Served;
    readonly socket: WebSocket;
    /** What is under the socket. */
    readonly wire: Duplex;
    readonly stream: CarrierStream;
    /** The connection has started: it no longer counts as unstarted. */
    readonly onStarted: () => void;
    readonly onOver: () => void;
  }) {
    this.#host = options.host;
    this.#served = options.served;
    this.#socket = options.socket;
    this.#wire = options.wire;
    this.#stream = options.stream;
    this.#onStarted = options.onStarted;
    this.#onOver = options.onOver;
    this.#reader = options.stream.reader(this);
    this.#budget = new FrameBudget(performance.now());
    this.#startDeadline = setTimeout(() => this.#refuse("unstarted"), START_WITHIN_MS).unref();
    this.#socket.on("message", (frame: Buffer, isBinary: boolean) => this.#receive(frame, isBinary));
    this.#socket.on("close", () => this.#dropped());
    this.#socket.on("error", (error: NodeJS.ErrnoException) => this.#broken(error.code ?? ""));
  }

  /** Room is needed: an unstarted connection gives way. */
  evict(): void {
    this.#refuse("unstarted");
  }

  /** Carriers send a frame each 20 ms: one that is silent for long has lost the call without telling. */
  closeIfSilent(nowMs: number): void {
    if (nowMs - this.#heardMs > SILENT_FOR_MS) this.#refuse("silent");
  }

  start(start: CarrierStreamStart): void {
    if (this.#call !== null) return this.malformed();
    const accepted = acceptStart(this.#host, this.#served, start);
    if (typeof accepted === "string") return this.#refuse(accepted);
    clearTimeout(this.#startDeadline);
    this.#onStarted();
    this.#started = accepted;
    const { session, attempt } = accepted;
    this.#host.sessions.note(session, {
      answeredLegs: [...session.facts.answeredLegs, "stream"],
      streamAttempt: attempt,
      streamEnd: null,
    });
    const line = new StreamLine(this.#stream.writer(start.streamId), {
      socket: this.#socket,
      wire: this.#wire,
      close: () => this.#over("ended", session.facts.streamEnd ?? "hang-up"),
      congested: () => this.#refuse("congested"),
    });
    this.#line = line;
    this.#call = this.#host.openCall(accepted, line);
  }

  media(audio: Uint8Array, timestampMs: number, sequence: number): void {
    if (this.#isOver) return;
    if (this.#call === null || sequence <= this.#lastSequence) return this.malformed();
    this.#lastSequence = sequence;
    this.#call.audio(audio, timestampMs, sequence);
  }

  dtmf(digit: string): void {
    if (this.#call === null) return this.malformed();
    if (!this.#isOver) this.#call.digit(digit);
  }

  mark(name: string): void {
    if (this.#call === null) return this.malformed();
    if (!this.#isOver) this.#call.mark(name);
  }

  stop(): void {
    if (this.#call === null) return this.malformed();
    this.#over("ended", this.#started?.session.facts.streamEnd ?? "caller-gone");
  }

  malformed(): void {
    this.#refuse("malformed");
  }

  #receive(frame: Buffer, isBinary: boolean): void {
    if (this.#isOver) return;
    if (isBinary) return this.#refuse("binary");
    this.#heardMs = performance.now();
    if (!this.#budget.take(this.#heardMs)) return this.#refuse("flooding");
    try {
      this.#reader.read(frame, false);
    } catch (error) {
      this.#host.log.error({ err: error, sessionId: this.#started?.session.sessionId }, "a call failed on our side");
      this.#refuse("internal");
    }
  }

  /** The WebSocket layer refused what came and closes the socket itself; a broken network is told by its `close`. */
  #broken(code: string): void {
    if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") this.#refuse("oversized");
    else if (code.startsWith("WS_ERR_")) this.#refuse("malformed");
  }

  #refuse(reason: StreamCloseReason): void {
    if (this.#isOver) return;
    this.#host.onRefused(reason);
    this.#over(reason, this.#started?.session.facts.streamEnd ?? "lost");
  }

  /** The socket has closed without a word of the protocol: the network broke, or the carrier did. */
  #dropped(): void {
    if (!this.#isOver) this.#finish(this.#started?.session.facts.streamEnd ?? "lost", "dropped");
  }

  #over(reason: StreamCloseReason, end: StreamEnd): void {
    if (this.#isOver) return;
    this.#finish(end, reason);
    this.#socket.close(STREAM_CLOSE[reason]);
  }

  #finish(end: StreamEnd, reason: StreamCloseReason | "dropped"): void {
    this.#isOver = true;
    this.#line?.end();
    clearTimeout(this.#startDeadline);
    this.#onOver();
    const [call, started] = [this.#call, this.#started];
    this.#call = null;
    if (call === null || started === null) return;
    // A later leg of the same call has a stream of its own: how this one ended is no news to it.
    if (started.session.facts.streamAttempt === started.attempt)
      this.#host.sessions.note(started.session, { streamEnd: end });
    try {
      call.closed();
      call.ended(end, reason);
    } catch (error) {
      this.#host.log.error({ err: error, sessionId: started.session.sessionId }, "a call could not be ended cleanly");
    }
  }
}
