export type TurnTimer =
  | "end-of-turn"
  | "barge-in"
  | "stalled"
  | "keypad"
  | "acknowledge"
  | "silence"
  | "answer"
  | "inactivity"
  | "call-length"
  | "closing";

/**
 * What the turn machine asks for. An answer that was begun is ended exactly once: `discard` before `commit`, `interrupt` or `finish`
 * after it. Answer 0 is the opening.
 */
export type TurnCommand =
  /** Starting a running timer starts it anew. */
  | { readonly type: "start-timer"; readonly timer: TurnTimer; readonly afterMs: number }
  | { readonly type: "cancel-timer"; readonly timer: TurnTimer }
  | { readonly type: "open" }
  | {
      readonly type: "begin";
      readonly id: number;
      readonly text: string;
      readonly confidence: number;
      readonly via: "speech" | "keypad";
      readonly isSpeculative: boolean;
    }
  | { readonly type: "remind"; readonly id: number }
  /** The caller's turn has ended and this is its answer: it may have effects and may be heard. The words so far are used up. */
  | { readonly type: "commit"; readonly id: number }
  | { readonly type: "discard"; readonly id: number }
  /** The caller has the floor: stop at once. */
  | { readonly type: "interrupt"; readonly id: number }
  | { readonly type: "finish"; readonly id: number }
  | { readonly type: "fill"; readonly id: number; readonly with: "acknowledgement" | "filler" }
  /** Asks the recogniser for everything that is still open. */
  | { readonly type: "finalize" }
  | { readonly type: "say"; readonly phrase: "failure" | "time-limit" }
  /** `id`: the answer that asked for it; null after a failure. */
  | { readonly type: "hand-off"; readonly id: number | null }
  | { readonly type: "hang-up" };
