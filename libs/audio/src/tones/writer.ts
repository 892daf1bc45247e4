import { rmsOfLevel } from "../level.ts";
import { pcmToMulaw } from "../mulaw.ts";
import { sampleBytes, type SoundFormat } from "../sound-format.ts";
import { checksum, dataTone, LAST_TONE, PERIOD_SAMPLES, toneSpeed, type ToneSpeed } from "./alphabet.ts";

/** When a word sounds, milliseconds from the first sample of the utterance. */
export interface ToneWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface ToneOptions {
  /** Pace of ordinary text: 60 (default) or 30. */
  readonly msPerCharacter?: number;
  /** Level of the tones, dBFS of the RMS; default −18. */
  readonly levelDb?: number;
}

/** Sound of whole words, with their times. */
export interface ToneAudio {
  readonly audio: Uint8Array;
  readonly words: readonly ToneWord[];
}

/** Every second symbol is softer, as syllables are. */
const SOFTER = 0.8;
const DEFAULT_LEVEL_DB = -18;
const SPACE = /[ \t\r\n]+/;

/** Renders text as readable tones while it is being written: audio comes per whole word, as soon as the space after it is known. */
export class ToneWriter {
  readonly #format: SoundFormat;
  readonly #speed: ToneSpeed;
  readonly #shape: SymbolShape;
  readonly #encoder = new TextEncoder();
  #pending = "";
  #writtenSamples = 0;

  constructor(format: SoundFormat, options: ToneOptions = {}) {
    this.#format = format;
    this.#speed = toneSpeed(options.msPerCharacter ?? 60);
    this.#shape = symbolShape(this.#speed, format.sampleRateHz / 8000, options.levelDb ?? DEFAULT_LEVEL_DB);
  }

  /** Adds text; returns what can be spoken now. */
  write(text: string): ToneAudio {
    const parts = (this.#pending + text).split(SPACE);
    this.#pending = parts.pop() ?? "";
    return this.#speak(parts);
  }

  /** No more text comes in this utterance: returns the rest. */
  end(): ToneAudio {
    const rest = this.#pending;
    this.#pending = "";
    return this.#speak([rest]);
  }

  #speak(texts: readonly string[]): ToneAudio {
    const spoken = texts.filter((text) => text !== "").map((text) => ({ text, tones: this.#tonesOf(text) }));
    const symbols = spoken.reduce((sum, { tones }) => sum + tones.length + 1, 0);
    const pcm = new Int16Array(symbols * this.#shape.envelope.length);
    let at = 0;
    const words = spoken.map(({ text, tones }) => {
      const start = at;
      at = this.#shape.draw(tones, pcm, at);
      const word = { text, startMs: this.#ms(start), endMs: this.#ms(at) };
      at += this.#shape.envelope.length;
      return word;
    });
    this.#writtenSamples += pcm.length;
    return { audio: this.#encode(pcm), words };
  }

  #tonesOf(text: string): readonly number[] {
    const bytes = this.#encoder.encode(text);
    const { firstTone, secondTone } = this.#speed;
    const tones = [firstTone, secondTone];
    for (const byte of [...bytes, checksum(bytes, bytes.length)]) tones.push(dataTone(byte >> 4), dataTone(byte & 15));
    tones.push(LAST_TONE);
    return tones;
  }

  #ms(sample: number): number {
    return ((this.#writtenSamples + sample) * 1000) / this.#format.sampleRateHz;
  }

  #encode(pcm: Int16Array): Uint8Array {
    const audio = new Uint8Array(pcm.length * sampleBytes(this.#format));
    if (this.#format.encoding === "mulaw") pcmToMulaw(pcm, audio);
    else {
      const view = new DataView(audio.buffer);
      for (let index = 0; index < pcm.length; index += 1) view.setInt16(index * 2, pcm[index] ?? 0, true);
    }
    return audio;
  }
}

interface SymbolShape {
  /** Loudness over one symbol: edges of an eighth, so that tones neither click nor smear. */
  readonly envelope: Float64Array;
  /** Draws the tones from sample `at` on; returns the sample after them. */
  draw(tones: readonly number[], pcm: Int16Array, at: number): number;
}

function symbolShape(speed: ToneSpeed, oversampling: number, levelDb: number): SymbolShape {
  const length = speed.symbolSamples * oversampling;
  const period = PERIOD_SAMPLES * oversampling;
  const peak = rmsOfLevel(levelDb) * Math.SQRT2;
  const edge = length / 8;
  const envelope = Float64Array.from({ length }, (_, index) => {
    const fromEdge = Math.min(index + 0.5, length - index - 0.5) / edge;
    return fromEdge >= 1 ? peak : peak * (0.5 - 0.5 * Math.cos(Math.PI * fromEdge));
  });
  const sine = Float64Array.from({ length: period }, (_, index) => Math.sin((2 * Math.PI * index) / period));
  return {
    envelope,
    draw(tones, pcm, at) {
      let sample = at;
      for (const [order, tone] of tones.entries()) {
        const loudness = order % 2 === 1 ? SOFTER : 1;
        for (let index = 0; index < length; index += 1)
          pcm[sample++] = Math.round(loudness * (envelope[index] ?? 0) * (sine[(tone * index) % period] ?? 0));
      }
      return sample;
    },
  };
}

/** A whole text as tones. `durationMs` includes the short silence after the last word. */
export function renderTones(
  text: string,
  format: SoundFormat,
  options: ToneOptions = {},
): ToneAudio & { readonly durationMs: number } {
  const { audio, words } = new ToneWriter(format, options).write(`${text} `);
  return { audio, words, durationMs: (audio.length * 1000) / (format.sampleRateHz * sampleBytes(format)) };
}
