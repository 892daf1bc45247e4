import type { ReleaseBundle } from "@tandem/domain/release";
import type { Served } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";

/** The carrier's leg as the pipeline sees it: what is sent is µ-law 8 kHz. Methods never throw and never wait. */
export interface CallLine {
  send(audio: Uint8Array): void;
  /** Comes back through `CallPipeline.mark` when everything before it was played, or was cleared. */
  mark(name: string): void;
  /** Throws away what the carrier has not played yet. */
  clear(): void;
  /** Ends the stream; the carrier asks the action address what comes next. */
  close(): void;
}

/** One call inside the pipeline. Methods are called in order, on the audio thread; they never throw and never wait. */
export interface CallPipeline {
  /** Caller audio, µ-law 8 kHz; the bytes are valid until the method returns. */
  audio(frame: Uint8Array, timestampMs: number, sequence: number): void;
  mark(name: string): void;
  digit(digit: string): void;
  /** The leg is gone. */
  closed(): void;
}

/** Faults that a smoke scenario puts into its own trial call. */
export type CallFault = "stt-outage" | "llm-outage" | "tts-outage" | "slow-tool";

/** What a pipeline is opened for. */
export interface PipelineCall {
  readonly served: Served;
  readonly session: LiveSession;
  readonly bundle: ReleaseBundle;
  readonly direction: "inbound" | "outbound";
  readonly faults: readonly CallFault[];
  /** W3C trace id of the call, 32 hex digits: from ingress to tool call. */
  readonly traceId: string;
}

export type OpenPipeline = (call: PipelineCall, line: CallLine) => CallPipeline;
