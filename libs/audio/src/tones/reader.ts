import { MULAW_SAMPLES } from "../mulaw.ts";
import { Downsampler } from "../resample.ts";
import type { SoundFormat } from "../sound-format.ts";
import { DAMAGED } from "./alphabet.ts";
import { Listening } from "./listening.ts";
import { Tonality } from "./tonality.ts";
import { WordReading } from "./word-reading.ts";
import { HOP_SAMPLES, WordStart } from "./word-start.ts";

/** What a reader tells, in order. Times in milliseconds from the first sample pushed. */
export type ToneEvent =
  | { readonly type: "speech-started"; readonly atMs: number }
  /** Characters that could not be read come out as `·`; a damaged word has a confidence of at most 0.3. */
  | {
      readonly type: "word";
      readonly text: string;
      readonly startMs: number;
      readonly endMs: number;
      /** 0–1; falls with noise. */
      readonly confidence: number;
    }
  /** No tone for the gap; `atMs` is the end of the last tone. */
  | { readonly type: "speech-ended"; readonly atMs: number };

const SAMPLES_PER_MS = 8;
/** Tones of a word whose start was lost are told as one damaged word when they last this long, samples. */
const LOST_START_SAMPLES = 384;
/** And are over when no tone was heard for this long, samples. */
const LOST_END_SAMPLES = 320;

/** Reads tones out of real audio as it arrives, whatever the size of the pieces: a piece may end inside a sample. */
export class ToneReader {
  readonly #format: SoundFormat;
  readonly #onEvent: (event: ToneEvent) => void;
  readonly #gapSamples: number;
  readonly #listening = new Listening();
  readonly #downsampler = new Downsampler();
  readonly #tonality = new Tonality(this.#listening);
  readonly #wordStart = new WordStart(this.#listening);
  readonly #word = new WordReading(this.#listening);
  #lowByte = -1;
  #isSpeaking = false;
  /** Sample after the last tone heard. */
  #toneEnd = 0;
  /** First tone that belongs to no word, or −1. */
  #lostStart = -1;

  /** `gapMs`: silence after which speech has ended; default 200. */
  constructor(format: SoundFormat, onEvent: (event: ToneEvent) => void, options: { readonly gapMs?: number } = {}) {
    this.#format = format;
    this.#onEvent = onEvent;
    this.#gapSamples = (options.gapMs ?? 200) * SAMPLES_PER_MS;
  }

  push(audio: Uint8Array): void {
    if (this.#format.encoding === "mulaw")
      for (let index = 0; index < audio.length; index += 1) this.#sample(MULAW_SAMPLES[audio[index] ?? 0] ?? 0);
    else for (let index = 0; index < audio.length; index += 1) this.#byte(audio[index] ?? 0);
  }

  /** Tells what is still open, as if silence followed. Audio may go on after it; times go on too. */
  flush(): void {
    if (this.#wordStart.settle()) this.#begin();
    if (this.#word.cut(this.#listening.count)) this.#tellWord();
    this.#tellLost();
    this.#tellEnd();
  }

  #byte(byte: number): void {
    if (this.#lowByte < 0) {
      this.#lowByte = byte;
      return;
    }
    const sample = (((byte << 8) | this.#lowByte) << 16) >> 16;
    this.#lowByte = -1;
    if (this.#format.sampleRateHz === 8000) this.#sample(sample);
    else {
      const lower = this.#downsampler.put(sample);
      if (lower !== null) this.#sample(lower);
    }
  }

  #sample(sample: number): void {
    this.#listening.put(sample);
    if (this.#listening.count % HOP_SAMPLES === 0) this.#hop();
  }

  #hop(): void {
    const now = this.#listening.count;
    this.#tonality.measure(now - HOP_SAMPLES, HOP_SAMPLES);
    if (this.#wordStart.look(this.#tonality.energy)) this.#begin();
    if (this.#word.advance(now)) this.#tellWord();
    if (this.#word.isOpen) this.#toneEnd = Math.max(this.#toneEnd, this.#word.endSample);
    else this.#followTones(now);
    if (!this.#word.isOpen && now - this.#toneEnd >= this.#gapSamples) this.#tellEnd();
  }

  /** Outside words: tones show that somebody speaks, and what is lost when no word's start is found in them. */
  #followTones(now: number): void {
    if (this.#tonality.isTonal && now - HOP_SAMPLES >= this.#toneEnd) {
      if (this.#lostStart < 0) this.#lostStart = Math.max(this.#toneEnd, this.#tonality.startSample);
      this.#toneEnd = now;
      this.#tellStart(this.#lostStart);
    }
    if (now - this.#toneEnd >= LOST_END_SAMPLES) this.#tellLost();
  }

  #begin(): void {
    const { speed, startSample } = this.#wordStart;
    if (this.#word.cut(startSample)) this.#tellWord();
    this.#toneEnd = Math.min(this.#toneEnd, startSample);
    this.#tellLost();
    this.#tellStart(startSample);
    this.#word.begin(speed, startSample);
  }

  #tellStart(sample: number): void {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    this.#onEvent({ type: "speech-started", atMs: Math.max(0, sample) / SAMPLES_PER_MS });
  }

  #tellWord(): void {
    const { text, startSample, endSample, confidence } = this.#word;
    this.#toneEnd = endSample;
    this.#lostStart = -1;
    this.#tell(text, startSample, endSample, confidence);
  }

  #tellLost(): void {
    const start = this.#lostStart;
    this.#lostStart = -1;
    if (start >= 0 && this.#toneEnd - start >= LOST_START_SAMPLES) this.#tell(DAMAGED, start, this.#toneEnd, 0);
  }

  #tell(text: string, start: number, end: number, confidence: number): void {
    const startMs = Math.max(0, start) / SAMPLES_PER_MS;
    this.#onEvent({ type: "word", text, startMs, endMs: end / SAMPLES_PER_MS, confidence });
  }

  #tellEnd(): void {
    if (!this.#isSpeaking) return;
    this.#isSpeaking = false;
    this.#onEvent({ type: "speech-ended", atMs: this.#toneEnd / SAMPLES_PER_MS });
  }
}
