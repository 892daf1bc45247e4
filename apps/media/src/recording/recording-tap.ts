import { MULAW_SILENCE } from "@tandem/audio";

/** µ-law bytes of one second and channel. */
const SECOND_BYTES = 8000;
const BYTES_PER_MS = 8;
/** So much is handed out at a time: a write of its own for each second of each call costs more than the audio. */
const PIECE_BYTES = 2 * SECOND_BYTES;
/** A piece, and the frame that completes it. */
const CALLER_RING_BYTES = 3 * SECOND_BYTES;
/** A piece, and how far the agent's audio may run ahead of the caller's: it is sent before it is played. */
const AGENT_RING_BYTES = 8 * SECOND_BYTES;
/** A gap longer than this is a broken clock, not lost audio. */
const MOST_GAP_BYTES = 5 * SECOND_BYTES;

/**
 * Puts both directions of a call on one time line: the caller's frames where their timestamps say, the agent's audio from where the
 * former piece ended, or from now. Two seconds at a time are handed out interleaved (left caller, right agent). A frame costs one copy.
 */
export class RecordingTap {
  readonly #caller = new Uint8Array(CALLER_RING_BYTES).fill(MULAW_SILENCE);
  readonly #agent = new Uint8Array(AGENT_RING_BYTES).fill(MULAW_SILENCE);
  readonly #onPiece: (interleaved: Uint8Array) => void;
  /** Positions on the time line, bytes: what was handed out, where the caller is, where the agent's audio ends. */
  #doneAt = 0;
  #callerAt = 0;
  /** Timestamp at which the time line begins. */
  #baseMs = 0;
  #agentAt = 0;

  constructor(onPiece: (interleaved: Uint8Array) => void) {
    this.#onPiece = onPiece;
  }

  caller(frame: Uint8Array, timestampMs: number): void {
    const at = (timestampMs - this.#baseMs) * BYTES_PER_MS;
    const gap = at - this.#callerAt;
    if (gap > 0 && gap <= MOST_GAP_BYTES) this.#callerAt = at;
    else if (gap !== 0) this.#baseMs = timestampMs - this.#callerAt / BYTES_PER_MS;
    this.#handPieces(); // a gap is handed out before its end is put where its beginning was
    put(this.#caller, this.#callerAt, frame);
    this.#callerAt += frame.length;
    this.#handPieces();
  }

  agent(audio: Uint8Array): void {
    this.#agentAt = Math.max(this.#agentAt, this.#callerAt);
    const room = this.#doneAt + AGENT_RING_BYTES - this.#agentAt;
    const taken = audio.length <= room ? audio : audio.subarray(0, Math.max(0, room));
    put(this.#agent, this.#agentAt, taken);
    this.#agentAt += taken.length;
  }

  /** The agent's audio that was not played yet is thrown away. */
  clear(): void {
    for (let at = this.#callerAt; at < this.#agentAt; at += 1) this.#agent[at % AGENT_RING_BYTES] = MULAW_SILENCE;
    this.#agentAt = Math.min(this.#agentAt, this.#callerAt);
  }

  /** Hands out what is left. */
  end(): void {
    const left = this.#callerAt - this.#doneAt;
    if (left > 0) this.#hand(left);
  }

  #handPieces(): void {
    while (this.#callerAt - this.#doneAt >= PIECE_BYTES) this.#hand(PIECE_BYTES);
  }

  #hand(length: number): void {
    const interleaved = new Uint8Array(2 * length);
    const [caller, agent] = [this.#caller, this.#agent];
    let callerAt = this.#doneAt % CALLER_RING_BYTES;
    let agentAt = this.#doneAt % AGENT_RING_BYTES;
    for (let index = 0; index < length; index += 1) {
      interleaved[2 * index] = caller[callerAt] ?? MULAW_SILENCE;
      interleaved[2 * index + 1] = agent[agentAt] ?? MULAW_SILENCE;
      caller[callerAt] = MULAW_SILENCE;
      agent[agentAt] = MULAW_SILENCE;
      if (++callerAt === CALLER_RING_BYTES) callerAt = 0;
      if (++agentAt === AGENT_RING_BYTES) agentAt = 0;
    }
    this.#doneAt += length;
    this.#onPiece(interleaved);
  }
}

function put(ring: Uint8Array, at: number, audio: Uint8Array): void {
  const start = at % ring.length;
  const first = Math.min(audio.length, ring.length - start);
  ring.set(first === audio.length ? audio : audio.subarray(0, first), start);
  if (first < audio.length) ring.set(audio.subarray(first), 0);
}
