import { MULAW_SILENCE, NoiseSource, pcmToMulaw, mulawToPcm, renderTones, ToneReader } from "@tandem/audio";
import { CARRIER_FORMAT } from "@tandem/ports/provider";
import type { CallLine, CallPipeline } from "../src/pipeline/call-line.ts";
import type { Clock } from "@tandem/kernel";
import type { Timers } from "../src/pipeline/timers.ts";

const FRAME_BYTES = 160;
const FRAME_MS = 20;

/** A word that the caller heard, with the time on the test's clock. */
export interface HeardByCaller {
  readonly text: string;
  readonly atMs: number;
}

/** A caller on a carrier: plays what the pipeline sends at real time into the caller's ear, returns marks when they are reached, speaks tones. */
export class TonePhone implements CallLine {
  readonly heard: HeardByCaller[] = [];
  /** Clears, with what was thrown away by each, milliseconds. */
  readonly cleared: number[] = [];
  readonly returned: string[] = [];
  sentBytes = 0;
  largestLeadMs = 0;
  isClosed = false;
  /** Start and end of each stretch of sound in the caller's ear. */
  readonly sounds: { fromMs: number; toMs: number }[] = [];
  /** The caller's frames come so many at a time, as late as the last of them. */
  framesAtATime = 1;
  readonly #held: { readonly frame: Uint8Array; readonly sequence: number }[] = [];
  /** Marks are lost on the way back. */
  losesMarks = false;
  readonly #time: Clock & Timers;
  #startMs = 0;
  readonly #reader: ToneReader;
  readonly #queue: (Uint8Array | string)[] = [];
  #voice: Uint8Array = new Uint8Array(0);
  #noise: NoiseSource | null = null;
  #noiseDb = -60;
  #pipeline: CallPipeline | null = null;
  #sequence = 0;
  #isHungUp = false;

  constructor(time: Clock & Timers) {
    this.#time = time;
    this.#reader = new ToneReader(CARRIER_FORMAT, (event) => {
      if (event.type === "word") this.heard.push({ text: event.text, atMs: this.#startMs + event.endMs });
    });
  }

  /** Joins the words heard. */
  get text(): string {
    return this.heard.map(({ text }) => text).join(" ");
  }

  connect(pipeline: CallPipeline): void {
    this.#pipeline = pipeline;
    this.#startMs = this.#time.monotonicMs();
    this.#tick();
  }

  /** Speaks after what it is saying already; returns how long that takes. */
  say(text: string, levelDb = -18): number {
    const { audio, durationMs } = renderTones(text, CARRIER_FORMAT, { levelDb });
    const joined = new Uint8Array(this.#voice.length + audio.length);
    joined.set(this.#voice);
    joined.set(audio, this.#voice.length);
    this.#voice = joined;
    return durationMs;
  }

  get isSpeaking(): boolean {
    return this.#voice.length > 0;
  }

  noise(levelDb: number): void {
    this.#noise = new NoiseSource(7);
    this.#noiseDb = levelDb;
  }

  press(digits: string): void {
    for (const digit of digits) this.#pipeline?.digit(digit);
  }

  hangUp(): void {
    this.#isHungUp = true;
    this.#pipeline?.closed();
  }

  send(audio: Uint8Array): void {
    if (this.#isHungUp) throw new Error("audio after the end");
    this.sentBytes += audio.length;
    this.#queue.push(audio.slice());
    this.largestLeadMs = Math.max(this.largestLeadMs, this.#queuedBytes() / 8);
  }

  mark(name: string): void {
    this.#queue.push(name);
  }

  clear(): void {
    this.cleared.push(this.#queuedBytes() / 8);
    for (const item of this.#queue.splice(0)) if (typeof item === "string") this.#return(item);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Sound that the caller heard after a time, milliseconds. */
  soundSince(sinceMs: number): number {
    return this.sounds.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - Math.max(fromMs, sinceMs)), 0);
  }

  #tick(): void {
    if (this.#isHungUp) return;
    // A machine that stalls makes the caller hear later, not less: what is tested is what we send, not the machine.
    this.#time.set(FRAME_MS, () => this.#tick());
    this.#play();
    this.#speak();
  }

  #play(): void {
    const frame = new Uint8Array(FRAME_BYTES).fill(MULAW_SILENCE);
    let at = 0;
    while (at < FRAME_BYTES && this.#queue.length > 0) {
      const [item = ""] = this.#queue;
      if (typeof item === "string") {
        this.#queue.shift();
        this.#return(item);
        continue;
      }
      const part = item.subarray(0, FRAME_BYTES - at);
      frame.set(part, at);
      at += part.length;
      if (part.length === item.length) this.#queue.shift();
      else this.#queue[0] = item.subarray(part.length);
    }
    while (typeof this.#queue[0] === "string") this.#return(this.#queue.shift() as string);
    if (at > 0) this.#sounded();
    this.#reader.push(frame);
  }

  #sounded(): void {
    const nowMs = this.#time.monotonicMs();
    const last = this.sounds.at(-1);
    if (last !== undefined && nowMs - last.toMs < FRAME_MS / 2) last.toMs = nowMs + FRAME_MS;
    else this.sounds.push({ fromMs: nowMs, toMs: nowMs + FRAME_MS });
  }

  #speak(): void {
    const frame = new Uint8Array(FRAME_BYTES).fill(MULAW_SILENCE);
    frame.set(this.#voice.subarray(0, FRAME_BYTES));
    this.#voice = this.#voice.subarray(Math.min(FRAME_BYTES, this.#voice.length));
    if (this.#noise !== null) {
      const pcm = new Int16Array(FRAME_BYTES);
      mulawToPcm(frame, pcm);
      this.#noise.addTo(pcm, this.#noiseDb);
      pcmToMulaw(pcm, frame);
    }
    this.#sequence += 1;
    this.#held.push({ frame, sequence: this.#sequence });
    if (this.#held.length < this.framesAtATime) return;
    for (const held of this.#held.splice(0))
      if (!this.#isHungUp) this.#pipeline?.audio(held.frame, (held.sequence - 1) * FRAME_MS, held.sequence);
  }

  #return(name: string): void {
    this.returned.push(name);
    if (!this.losesMarks) this.#time.set(0, () => this.#pipeline?.mark(name));
  }

  #queuedBytes(): number {
    return this.#queue.reduce((sum, item) => sum + (typeof item === "string" ? 0 : item.length), 0);
  }
}
