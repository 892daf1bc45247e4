/** A voice detector on the caller's audio. Times in milliseconds of the audio pushed. */
export interface Vad {
  push(mulaw: Uint8Array): void;
  readonly isSpeech: boolean;
  /** Level of the latest frame, dBFS. */
  readonly levelDb: number;
  /** When `isSpeech` last changed: the first voice, or the end of the last one. */
  readonly changedAtMs: number;
}
