import { checksum, DAMAGED, type ToneSpeed } from "./alphabet.ts";
import { LAST, type Listening, LOW } from "./listening.ts";

/** Longest word that is read, bytes with the checksum; longer ones come out damaged, in pieces. */
const MOST_BYTES = 1024;
/** Share of a symbol's energy below which it is no tone at all. */
const AUDIBLE_SHARE = 0.25;
/** Share below which a symbol is not believed inside a damaged word. */
const BELIEVED_SHARE = 0.5;
/** Share that clean tones have: their edges cost the rest. */
const CLEAN_SHARE = 0.9;
/** Tones missing for this long mean that the word was cut. */
const CUT_AFTER_SAMPLES = 280;
/** A damaged word is never more certain than this. */
const MOST_DAMAGED_CONFIDENCE = 0.3;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const tolerant = new TextDecoder("utf-8", { ignoreBOM: true });
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNREADABLE = /[\u0000-\u001f\u007f\ufffd]/gu;

/** A word being read, symbol by symbol, from where it was found to start. */
export class WordReading {
  readonly #listening: Listening;
  readonly #bytes = new Uint8Array(MOST_BYTES);
  readonly #shares = new Float64Array(MOST_BYTES * 2);
  #speed: ToneSpeed | null = null;
  #nibbles = 0;
  #missing = 0;
  #nextSample = 0;
  /** First sample of the word, and the sample after its last tone so far. */
  startSample = 0;
  endSample = 0;
  text = "";
  /** 0–1. */
  confidence = 0;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  get isOpen(): boolean {
    return this.#speed !== null;
  }

  begin(speed: ToneSpeed, startSample: number): void {
    this.#speed = speed;
    this.#nibbles = 0;
    this.#missing = 0;
    this.startSample = startSample;
    this.#nextSample = startSample + 2 * speed.symbolSamples;
    this.endSample = this.#nextSample;
  }

  /** Reads symbols that were heard up to this sample. True when the word has ended: `text`, `confidence` and times are set. */
  advance(heardSamples: number): boolean {
    while (this.#speed !== null && this.#nextSample + this.#speed.symbolSamples <= heardSamples)
      if (this.#symbol(this.#speed)) return true;
    return false;
  }

  /** Nothing more of this word comes. True when a word has ended. */
  cut(heardSamples: number): boolean {
    if (this.#speed === null) return false;
    if (this.advance(heardSamples + this.#speed.symbolSamples / 5)) return true;
    this.#finish(false);
    return true;
  }

  /** True when the symbol ended the word. */
  #symbol(speed: ToneSpeed): boolean {
    const { symbolSamples } = speed;
    const listening = this.#listening;
    listening.strongest(this.#nextSample, symbolSamples);
    this.#nextSample += symbolSamples;
    const isHeard = listening.share >= AUDIBLE_SHARE;
    const isData = isHeard && listening.tone < LOW;
    const isLast = isHeard && listening.tone === LAST;
    if (isData || isLast) this.endSample = this.#nextSample;
    if (isLast) return this.#finish(true);
    this.#missing = isData ? 0 : this.#missing + 1;
    this.#keep(isData);
    const isCut = this.#missing * symbolSamples >= CUT_AFTER_SAMPLES || this.#nibbles === MOST_BYTES * 2;
    return isCut && this.#finish(false);
  }

  #keep(isData: boolean): void {
    const nibble = isData ? this.#listening.tone : 0;
    const at = this.#nibbles >> 1;
    this.#bytes[at] = this.#nibbles % 2 === 0 ? nibble << 4 : (this.#bytes[at] ?? 0) | nibble;
    this.#shares[this.#nibbles] = isData ? this.#listening.share : 0;
    this.#nibbles += 1;
  }

  #finish(hasLastTone: boolean): true {
    this.#speed = null;
    this.#nibbles -= this.#missing;
    const length = (this.#nibbles >> 1) - 1;
    const { mean, least } = this.#certainty();
    const isWhole = hasLastTone && this.#nibbles % 2 === 0 && length > 0 && least >= AUDIBLE_SHARE;
    const text = isWhole && checksum(this.#bytes, length) === this.#bytes[length] ? this.#exactly(length) : null;
    this.text = text ?? this.#asFarAsRead(hasLastTone ? length : this.#nibbles >> 1);
    const confidence = Math.min(1, mean / CLEAN_SHARE);
    this.confidence = text === null ? Math.min(MOST_DAMAGED_CONFIDENCE, confidence / 2) : confidence;
    return true;
  }

  #certainty(): { readonly mean: number; readonly least: number } {
    let sum = 0;
    let least = 1;
    for (let index = 0; index < this.#nibbles; index += 1) {
      const share = this.#shares[index] ?? 0;
      sum += share;
      least = Math.min(least, share);
    }
    return { mean: sum / Math.max(1, this.#nibbles), least };
  }

  /** The text, or null when the bytes are no UTF-8. */
  #exactly(length: number): string | null {
    try {
      return strict.decode(this.#bytes.subarray(0, length));
    } catch {
      return null;
    }
  }

  /** The text with what is not believed marked; at least one mark. */
  #asFarAsRead(length: number): string {
    const read = this.#bytes.slice(0, Math.max(0, length));
    for (let index = 0; index < read.length; index += 1) {
      const share = Math.min(this.#shares[index * 2] ?? 0, this.#shares[index * 2 + 1] ?? 0);
      if (share < BELIEVED_SHARE) read[index] = 0xff;
    }
    const text = tolerant.decode(read).replace(UNREADABLE, DAMAGED);
    return text.includes(DAMAGED) ? text : text + DAMAGED;
  }
}
