const BLOCK_MS = 20;
/** Voice in two of three blocks is speech: a click is one. */
const ONSET_BLOCKS = 2;
/** Blocks without voice after which speech has ended; gaps between words are shorter. */
const END_BLOCKS = 6;

/** Turns voice block by block into speech with a beginning and an end, told as they were, not as late as they were noticed. */
export class SpeechGate {
  #blocks = 0;
  #voiced = 0b000;
  #quietBlocks = 0;
  /** Start of the first voiced block of the last three, milliseconds. */
  #firstVoiceMs = 0;
  #lastVoiceEndMs = 0;
  isSpeech = false;
  changedAtMs = 0;

  push(isVoice: boolean): void {
    const startMs = this.#blocks * BLOCK_MS;
    this.#blocks += 1;
    if (isVoice) {
      if (this.#voiced === 0) this.#firstVoiceMs = startMs;
      this.#lastVoiceEndMs = startMs + BLOCK_MS;
      this.#quietBlocks = 0;
    } else this.#quietBlocks += 1;
    this.#voiced = ((this.#voiced << 1) | Number(isVoice)) & 0b111;
    if (this.isSpeech ? this.#quietBlocks >= END_BLOCKS : countOf(this.#voiced) >= ONSET_BLOCKS) this.#turn();
  }

  #turn(): void {
    this.isSpeech = !this.isSpeech;
    this.changedAtMs = this.isSpeech ? this.#firstVoiceMs : this.#lastVoiceEndMs;
  }
}

const countOf = (bits: number): number => (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1);
