/** Voice in two of three blocks is speech: a click is one. */
const ONSET_BLOCKS = 2;
/** Time without voice after which speech has ended; gaps between words are shorter. */
const END_MS = 120;

/** Turns voice block by block into speech with a beginning and an end, told as they were, not as late as they were noticed. */
export class SpeechGate {
  readonly #blockMs: number;
  #blocks = 0;
  #voiced = 0b000;
  #quietBlocks = 0;
  /** Start of the first voiced block of the last three, milliseconds. */
  #firstVoiceMs = 0;
  #lastVoiceEndMs = 0;
  isSpeech = false;
  changedAtMs = 0;

  /** `blockMs` is how long each block lasts. */
  constructor(blockMs: number) {
    this.#blockMs = blockMs;
  }

  push(isVoice: boolean): void {
    const startMs = this.#blocks * this.#blockMs;
    this.#blocks += 1;
    if (isVoice) {
      if (this.#voiced === 0) this.#firstVoiceMs = startMs;
      this.#lastVoiceEndMs = startMs + this.#blockMs;
      this.#quietBlocks = 0;
    } else this.#quietBlocks += 1;
    this.#voiced = ((this.#voiced << 1) | Number(isVoice)) & 0b111;
    if (this.isSpeech ? this.#quietBlocks * this.#blockMs >= END_MS : countOf(this.#voiced) >= ONSET_BLOCKS)
      this.#turn();
  }

  #turn(): void {
    this.isSpeech = !this.isSpeech;
    this.changedAtMs = this.isSpeech ? this.#firstVoiceMs : this.#lastVoiceEndMs;
  }
}

const countOf = (bits: number): number => (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1);
