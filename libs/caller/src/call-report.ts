import type { CallerStep } from "@tandem/domain/manifest";
import type { HeardWord } from "@tandem/ports/stt";

/** How one step came out. */
export interface StepReport {
  readonly step: CallerStep;
  readonly ok: boolean;
  /** What was seen, or what was missing. */
  readonly detail: string;
  /** Begin of the step, milliseconds from the first listening. */
  readonly atMs: number;
  readonly durationMs: number;
}

/** What one side said without the other speaking in between. */
export interface SpokenTurn {
  /** `carrier` is the carrier's own voice: its words are known, not heard. */
  readonly by: "caller" | "agent" | "carrier";
  readonly text: string;
  /** Milliseconds from the first listening. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of the agent only: end of the caller's speech → first sound heard, by the audio; null when it did not answer one. */
  readonly latencyMs: number | null;
  /** The caller took the floor while the agent spoke. */
  readonly wasInterrupted: boolean;
}

/** A word as the caller heard it. */
export interface CallWord extends HeardWord {
  /** Index in `turns`. */
  readonly turn: number;
}

/** Everything that a scripted call brought to light. */
export interface CallReport {
  readonly callId: string;
  /** Every step came out well. */
  readonly ok: boolean;
  /** Steps that were begun; after one that failed none is. */
  readonly steps: readonly StepReport[];
  readonly turns: readonly SpokenTurn[];
  readonly heard: readonly CallWord[];
  /** Response latencies, in order of the turns. */
  readonly latenciesMs: readonly number[];
  /** Longest time without a sound while the caller waited for an answer. */
  readonly longestSilenceMs: number;
  /** Words that arrived damaged, without those that the caller itself cut off by interrupting. */
  readonly damagedWords: number;
  /** The keypad, in order. */
  readonly digits: string;
  readonly end: {
    /** `nobody`: the call was still up when the script was stopped. */
    readonly by: "agent" | "caller" | "hand-off" | "nobody";
    readonly status: string;
  };
  readonly durationMs: number;
}
