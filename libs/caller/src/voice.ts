import type { HeardWord } from "@tandem/ports/stt";

/** What a caller's ear tells. Times in milliseconds of the audio heard, from its first sample. */
export interface HearingListener {
  /** Each word once. Parts that could not be understood come out as `·` with a low confidence. */
  word(word: HeardWord): void;
  /** Listening is over before the call is; the sentence holds no secret. */
  failed(message: string): void;
}

/** How a caller speaks and listens: one call. */
export interface VoiceSession {
  /** The text as µ-law 8 kHz. Rejects when it cannot be spoken. */
  render(text: string): Promise<Uint8Array>;
  /** 20 ms of what is heard; the bytes may be reused after return. */
  hear(frame: Uint8Array): void;
  /** Tells what is still open. */
  flush(): void;
  close(): void;
}

/** A way to speak and listen: readable tones, or real providers. */
export interface Voice {
  /** Level of the speech, dBFS. */
  readonly levelDb: number;
  open(listener: HearingListener): VoiceSession;
}
