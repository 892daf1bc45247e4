import type { CallCounters } from "../call/call-counters.ts";
import type { SttChain } from "../providers/stt-chain.ts";
import type { TurnDriver } from "./turn-driver.ts";
import type { TurnLog } from "./turn-log.ts";
import type { Vad } from "./vad.ts";

/** µ-law at 8 kHz. */
const BYTES_PER_MS = 8;
/** Timestamps wander by less than this. */
const JITTER_MS = 10;

/** The caller's audio on its way in: counted, watched for voice, and given to the recogniser as it is. Allocates nothing per frame. */
export class Listening {
  readonly #vad: Vad;
  readonly #ears: SttChain;
  readonly #turns: TurnDriver;
  readonly #log: TurnLog;
  readonly #counters: CallCounters;
  #isVoice = false;
  #voiceEndMs = 0;
  /** Timestamp that the next frame should have; negative before the first. */
  #dueMs = -1;

  constructor(parts: { vad: Vad; ears: SttChain; turns: TurnDriver; log: TurnLog; counters: CallCounters }) {
    this.#vad = parts.vad;
    this.#ears = parts.ears;
    this.#turns = parts.turns;
    this.#log = parts.log;
    this.#counters = parts.counters;
  }

  /** Position of the latest voice in the call's audio. */
  get voiceEndMs(): number {
    return this.#isVoice ? this.#ears.positionMs : this.#voiceEndMs;
  }

  push(frame: Uint8Array, timestampMs: number): void {
    this.#count(frame.length / BYTES_PER_MS, timestampMs);
    this.#vad.push(frame);
    this.#ears.push(frame);
    const { isSpeech } = this.#vad;
    if (isSpeech) this.#log.voiced(this.#vad.levelDb);
    if (isSpeech === this.#isVoice) return;
    this.#isVoice = isSpeech;
    this.#ears.voice(isSpeech);
    if (isSpeech) return this.#turns.tell({ type: "voice-started" });
    this.#voiceEndMs = Math.min(this.#vad.changedAtMs, this.#ears.positionMs);
    this.#turns.tell({ type: "voice-stopped", silentMs: this.#ears.positionMs - this.#voiceEndMs });
  }

  #count(frameMs: number, timestampMs: number): void {
    this.#counters.frames += 1;
    const missingMs = this.#dueMs < 0 ? 0 : timestampMs - this.#dueMs;
    if (missingMs > JITTER_MS && frameMs > 0) this.#counters.lostFrames += Math.round(missingMs / frameMs);
    this.#dueMs = timestampMs + frameMs;
  }
}
