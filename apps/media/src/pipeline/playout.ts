import type { Clock } from "@tandem/kernel";
import type { CallLine } from "./call-line.ts";
import type { Pacer } from "./pacer.ts";
import type { Track } from "./track.ts";

/** So far ahead of what the caller hears audio is sent: a clear cuts little, and nothing lags. */
const AHEAD_MS = 400;
const CHUNK_MS = 100;
const CHUNK_BYTES = 8 * CHUNK_MS;
/** The first of an answer is short and carries its own mark: when that comes back, the answer is being heard. */
const FIRST_BYTES = 160;
const MARK_EVERY_MS = 480;
/** Audio that runs out is marked when so little is left, even between two marks. */
const RUN_OUT_MS = 120;
/** A carrier that has not returned a mark so long after the audio ended never will. */
const LOST_MARK_MS = 3000;

/** Told about one track, synchronously. Times on the node's monotonic clock. */
export interface PlayoutListener {
  /** Sound leaves for the caller after none was on its way since `sinceMs`. */
  sounded(track: Track, atMs: number, sinceMs: number): void;
  firstHeard(track: Track, atMs: number): void;
  /** More of it was acknowledged. */
  heard(track: Track): void;
  /** Everything there was heard; the track is whole. */
  finished(track: Track): void;
  /** Everything there was heard and more is to come; told once. */
  starved(track: Track): void;
}

interface PendingMark {
  readonly name: string;
  readonly track: Track;
  readonly positionMs: number;
}

/** Sends tracks to the carrier one after the other, at the pace at which they are heard. */
export class Playout {
  readonly #line: CallLine;
  readonly #clock: Clock;
  readonly #pacer: Pacer;
  readonly #listener: PlayoutListener;
  readonly #queue: Track[] = [];
  #marks: PendingMark[] = [];
  #markCount = 0;
  /** When the carrier will have played everything sent. */
  #freeAtMs = Number.NEGATIVE_INFINITY;
  /** The track that was told to be starved; null when it has gone on. */
  #starved: Track | null = null;
  #isTicking = false;
  #isClosed = false;

  constructor(parts: { line: CallLine; clock: Clock; pacer: Pacer; listener: PlayoutListener }) {
    this.#line = parts.line;
    this.#clock = parts.clock;
    this.#pacer = parts.pacer;
    this.#listener = parts.listener;
  }

  /** Until when the carrier has sound of ours to play, monotonic milliseconds; minus infinity before the first. */
  get soundUntilMs(): number {
    return this.#freeAtMs;
  }

  /** Plays the track after those before it. */
  play(track: Track): void {
    if (this.#isClosed) return;
    this.#queue.push(track);
    this.pump();
  }

  /** Plays the track before those that have nothing to send yet. */
  playBefore(track: Track): void {
    if (this.#isClosed) return;
    const waiting = this.#queue.findIndex(({ hasUnsent }) => !hasUnsent);
    this.#queue.splice(waiting < 0 ? this.#queue.length : waiting, 0, track);
    this.pump();
  }

  /** More audio is there, or a track is whole: what may be sent is sent at once. */
  pump(): void {
    const nowMs = this.#clock.monotonicMs();
    for (let track = this.#queue[0]; track !== undefined; track = this.#queue[0]) {
      this.#send(track, nowMs);
      if (track.hasUnsent || !track.isWhole) break;
      this.#queue.shift();
      if (track.isAllHeard) this.#listener.finished(track);
    }
    this.#keepTicking(this.#queue.length > 0 || this.#marks.length > 0);
  }

  /** Throws away everything that was not heard. Marks on their way count for nothing. */
  clear(): void {
    const nowMs = this.#clock.monotonicMs();
    const isSounding = this.#marks.length > 0 || this.#freeAtMs > nowMs;
    this.#queue.length = 0;
    this.#marks = [];
    this.#freeAtMs = Math.min(this.#freeAtMs, nowMs);
    this.#keepTicking(false);
    if (isSounding) this.#line.clear();
  }

  /** A mark came back. */
  mark(name: string): void {
    const at = this.#marks.findIndex((mark) => mark.name === name);
    if (at < 0) return; // pending at a clear: not heard
    const acknowledged = this.#marks.splice(0, at + 1);
    for (const { track, positionMs } of acknowledged) this.#acknowledge(track, positionMs);
    this.pump();
  }

  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#marks = [];
    this.#keepTicking(false);
  }

  #send(track: Track, nowMs: number): void {
    while (track.hasUnsent && this.#freeAtMs - nowMs <= AHEAD_MS - CHUNK_MS) {
      const isFirst = track.sentMs === 0;
      const chunk = track.take(isFirst ? FIRST_BYTES : CHUNK_BYTES);
      const sinceMs = this.#freeAtMs;
      this.#starved = null;
      this.#line.send(chunk);
      this.#freeAtMs = Math.max(nowMs, sinceMs) + chunk.length / 8;
      if (isFirst || sinceMs < nowMs) this.#listener.sounded(track, nowMs, sinceMs);
      const isEnd = track.isWhole && !track.hasUnsent;
      if (isFirst || isEnd || track.sentMs - track.markedMs >= MARK_EVERY_MS) this.#mark(track);
    }
    const isRunningOut = !track.hasUnsent && this.#freeAtMs - nowMs < RUN_OUT_MS;
    if ((isRunningOut || (track.isWhole && !track.hasUnsent)) && track.sentMs > track.markedMs) this.#mark(track);
  }

  #mark(track: Track): void {
    this.#markCount += 1;
    const name = `${track.name}.${this.#markCount}`;
    track.markedMs = track.sentMs;
    this.#marks.push({ name, track, positionMs: track.sentMs });
    this.#line.mark(name);
  }

  #acknowledge(track: Track, positionMs: number): void {
    const isFirst = track.heardMs === 0;
    track.heardUntil(positionMs);
    if (isFirst) this.#listener.firstHeard(track, this.#clock.monotonicMs());
    this.#listener.heard(track);
    if (!track.isAllHeard) return;
    if (track.isWhole) this.#listener.finished(track);
    else if (track === this.#queue[0]) this.#starve(track);
  }

  #starve(track: Track): void {
    if (track === this.#starved) return;
    this.#starved = track;
    this.#listener.starved(track);
  }

  #keepTicking(isNeeded: boolean): void {
    if (isNeeded === this.#isTicking) return;
    this.#isTicking = isNeeded;
    if (isNeeded) this.#pacer.add(this.#tick);
    else this.#pacer.remove(this.#tick);
  }

  readonly #tick = (): void => {
    const nowMs = this.#clock.monotonicMs();
    const last = this.#marks.at(-1);
    if (last !== undefined && nowMs - this.#freeAtMs > LOST_MARK_MS) this.mark(last.name);
    else this.pump();
    const track = this.#queue[0];
    // Audio that was not sent was taken back: no mark will tell.
    if (track !== undefined && this.#marks.length === 0 && track.isAllHeard) this.#starve(track);
  };
}
