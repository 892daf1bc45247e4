import type { Clock } from "@tandem/kernel";
import { isAgentsFloor, type TurnPhase, type TurnSettings, type TurnState } from "@tandem/domain/turn";
import { Deadline, type Timers } from "./timers.ts";

/** Nothing of ours takes longer where something is owed: an answer, the end of a sentence, the end of a call. */
const OWED_MS = 8000;

/** What a call that stands still was found in. */
export interface CallStall {
  readonly phase: TurnPhase;
  readonly waitingFor: "answer" | "playout" | "caller" | "last-sentence" | "carrier";
  /** Since the last sound of ours, word or key of the caller, or since something became due, milliseconds. */
  readonly silentMs: number;
}

export interface CallWatchParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly settings: Pick<
    TurnSettings,
    "inactivityMs" | "stalledSpeechMs" | "transcriptWaitMs" | "endpointingMs" | "closingMs"
  >;
  readonly state: () => TurnState;
  /** Until when sound of ours is on its way, monotonic milliseconds. */
  readonly soundUntilMs: () => number;
  /** `isAgain`: nothing was said or heard since the stall before it. */
  readonly onStalled: (stall: CallStall, isAgain: boolean) => void;
}

/**
 * The last line against silence: while a call is open, something of ours sounds or the caller is understood every so often, whatever the
 * turn machine, its timers or providers believe. Every rule of theirs is sooner. One timer per call, none per frame.
 */
export class CallWatch {
  readonly #parts: CallWatchParts;
  readonly #deadline: Deadline;
  #signMs: number;
  /** When it was last told; null while all is well. */
  #stalledMs: number | null = null;

  constructor(parts: CallWatchParts) {
    this.#parts = parts;
    this.#deadline = new Deadline(parts.timers, () => this.#look());
    this.#signMs = parts.clock.monotonicMs();
    this.#deadline.set(OWED_MS);
  }

  /** The caller pressed a key, or something of ours has become due: waiting begins anew. */
  sign(): void {
    this.#signMs = this.#parts.clock.monotonicMs();
    this.#deadline.set(OWED_MS);
  }

  stop(): void {
    this.#deadline.cancel();
  }

  #look(): void {
    const { clock, state, soundUntilMs, onStalled } = this.#parts;
    const { textEndedMs, phase } = state();
    const nowMs = clock.monotonicMs();
    const aliveMs = Math.max(soundUntilMs(), textEndedMs);
    if (this.#stalledMs !== null && aliveMs > this.#stalledMs) this.#stalledMs = null;
    const sinceMs = Math.max(aliveMs, this.#signMs, this.#stalledMs ?? Number.NEGATIVE_INFINITY);
    const leftMs = sinceMs + this.#patienceMs() - nowMs;
    this.#deadline.set(leftMs > 0 ? Math.min(leftMs, OWED_MS) : OWED_MS);
    if (leftMs > 0) return;
    const isAgain = this.#stalledMs !== null;
    this.#stalledMs = nowMs;
    onStalled({ phase, waitingFor: waitingFor(state()), silentMs: nowMs - Math.max(aliveMs, this.#signMs) }, isAgain);
  }

  /** How long a silence may last now; longer than what the turn machine allows itself. */
  #patienceMs(): number {
    const { settings, state } = this.#parts;
    const { phase, ending } = state();
    if (phase === "closing") return ending === "over" ? OWED_MS : settings.closingMs + OWED_MS;
    if (isAgentsFloor(phase)) return OWED_MS;
    const { inactivityMs, stalledSpeechMs, transcriptWaitMs, endpointingMs } = settings;
    return Math.max(inactivityMs, OWED_MS) + stalledSpeechMs + transcriptWaitMs + endpointingMs + OWED_MS / 4;
  }
}

function waitingFor({ phase, ending }: TurnState): CallStall["waitingFor"] {
  if (phase === "closing") return ending === "over" ? "carrier" : "last-sentence";
  if (phase === "speaking") return "playout";
  return isAgentsFloor(phase) ? "answer" : "caller";
}
