import { MULAW_SILENCE } from "@tandem/audio";

/** µ-law bytes of one second and channel. */
const SECOND_BYTES = 8000;
const BYTES_PER_MS = 8;
/** How far the agent's audio may run ahead of the caller's: it is sent before it is played. */
const AHEAD_SECONDS = 8;
const RING_BYTES = AHEAD_SECONDS * SECOND_BYTES;
/** A gap longer than this is a broken clock, not lost audio. */
const MOST_GAP_BYTES = 5 * SECOND_BYTES;

/**
 * Puts both directions of a call on one time line: the caller's frames where their timestamps say, the agent's audio from where the
 * former piece ended, or from now. Whole seconds are handed out interleaved (left caller, right agent). A frame costs one copy.
 */
export class RecordingTap {
  readonly #caller = new Uint8Array(RING_BYTES).fill(MULAW_SILENCE);
  readonly #agent = new Uint8Array(RING_BYTES).fill(MULAW_SILENCE);
  readonly #onSecond: (interleaved: Uint8Array) => void;
  /** Positions on the time line, bytes: what was handed out, where the caller is, where the agent's audio ends. */
  #doneAt = 0;
  #callerAt = 0;
  /** Timestamp at which the time line begins. */
  #baseMs = 0;
  #agentAt = 0;

  constructor(onSecond: (interleaved: Uint8Array) => void) {
    this.#onSecond = onSecond;
  }

  caller(frame: Uint8Array, timestampMs: number): void {
    const at = (timestampMs - this.#baseMs) * BYTES_PER_MS;
    const gap = at - this.#callerAt;
    if (gap > 0 && gap <= MOST_GAP_BYTES) this.#callerAt = at;
    else if (gap !== 0) this.#baseMs = timestampMs - this.#callerAt / BYTES_PER_MS;
    put(this.#caller, this.#callerAt, frame);
    this.#callerAt += frame.length;
    while (this.#callerAt - this.#doneAt >= SECOND_BYTES) this.#hand(SECOND_BYTES);
  }

  agent(audio: Uint8Array): void {
    this.#agentAt = Math.max(this.#agentAt, this.#callerAt);
    const room = this.#doneAt + RING_BYTES - this.#agentAt;
    const taken = audio.length <= room ? audio : audio.subarray(0, Math.max(0, room));
    put(this.#agent, this.#agentAt, taken);
    this.#agentAt += taken.length;
  }

  /** The agent's audio that was not played yet is thrown away. */
  clear(): void {
    for (let at = this.#callerAt; at < this.#agentAt; at += 1) this.#agent[at % RING_BYTES] = MULAW_SILENCE;
    this.#agentAt = Math.min(this.#agentAt, this.#callerAt);
  }

  /** Hands out what is left. */
  end(): void {
    const left = this.#callerAt - this.#doneAt;
    if (left > 0) this.#hand(left);
  }

  #hand(length: number): void {
    const interleaved = new Uint8Array(2 * length);
    for (let index = 0; index < length; index += 1) {
      const at = (this.#doneAt + index) % RING_BYTES;
      interleaved[2 * index] = this.#caller[at] ?? MULAW_SILENCE;
      interleaved[2 * index + 1] = this.#agent[at] ?? MULAW_SILENCE;
      this.#caller[at] = MULAW_SILENCE;
      this.#agent[at] = MULAW_SILENCE;
    }
    this.#doneAt += length;
    this.#onSecond(interleaved);
  }
}

function put(ring: Uint8Array, at: number, audio: Uint8Array): void {
  const start = at % RING_BYTES;
  const first = Math.min(audio.length, RING_BYTES - start);
  ring.set(first === audio.length ? audio : audio.subarray(0, first), start);
  if (first < audio.length) ring.set(audio.subarray(first), 0);
}
