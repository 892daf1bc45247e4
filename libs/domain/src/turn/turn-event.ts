import type { TurnTimer } from "./turn-command.ts";

/** What an answer leads to once it was heard. */
export type AnswerOutcome = "listen" | "hand-off" | "hang-up" | "failed";

/** Everything that can happen in a call. `atMs` is the node's monotonic clock. */
export type TurnEvent = { readonly atMs: number } & (
  | { readonly type: "line-opened" }
  | { readonly type: "line-closed" }
  /** `silentMs`: how long ago the last voice was. */
  | { readonly type: "voice-started" }
  | { readonly type: "voice-stopped"; readonly silentMs: number }
  /** All words of the caller that no turn has used yet, as recognised by now. `ageMs`: how long ago the last of them was spoken. */
  | {
      readonly type: "words-heard";
      readonly text: string;
      readonly isFinal: boolean;
      /** The provider holds the utterance to be over. */
      readonly isEndpoint: boolean;
      readonly confidence: number;
      readonly ageMs: number;
    }
  | { readonly type: "utterance-ended" }
  /** A turn-aware provider: `isEager` may be taken back. */
  | { readonly type: "turn-end-recognised"; readonly isEager: boolean }
  | { readonly type: "turn-resumed" }
  | { readonly type: "digit-pressed"; readonly digit: string }
  | { readonly type: "timer-fired"; readonly timer: TurnTimer }
  /** A tool runs; something could be said meanwhile. */
  | { readonly type: "answer-waiting"; readonly id: number }
  /** The first words of an answer, or of its next part, came. */
  | { readonly type: "answer-worded"; readonly id: number }
  /** Audio of the answer is there, held or going out. */
  | { readonly type: "answer-sounded"; readonly id: number }
  /** All of the answer so far was heard, and it is not whole yet. */
  | { readonly type: "answer-starved"; readonly id: number }
  | { readonly type: "answer-made"; readonly id: number; readonly outcome: AnswerOutcome }
  /** The answer is whole and all of it was heard. */
  | { readonly type: "answer-heard"; readonly id: number }
  /** An acknowledgement or filler was heard, or there was none. */
  | { readonly type: "filler-heard"; readonly id: number }
  /** An uninterruptible line goes out, or the last one was heard. */
  | { readonly type: "protection-changed"; readonly isProtected: boolean }
  /** The prepared message was heard, or there was none. */
  | { readonly type: "phrase-heard" }
  /** No provider of a kind is left. */
  | { readonly type: "chain-failed" }
  /** Nothing was said or heard for longer than any rule allows, whatever the reason. */
  | { readonly type: "call-stalled" }
);
