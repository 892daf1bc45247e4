import type { AudioFormat, ProviderChoice, ProviderFailure } from "./provider.ts";

/** When a word is spoken, milliseconds from the first sample of its utterance. */
export interface SpokenWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a TTS utterance tells, in order. */
export interface TtsListener {
  /** Headerless audio in the asked format. The bytes are the listener's until it returns. */
  audio(chunk: Uint8Array): void;
  /** Word times where the provider tells them; may come before or after the audio they belong to. */
  words(words: readonly SpokenWord[]): void;
  /** All audio has been told. */
  done(): void;
  /** The utterance is over without `done`. */
  failed(failure: ProviderFailure): void;
}

export interface TtsOptions extends ProviderChoice {
  readonly format: AudioFormat;
}

/** One utterance being spoken: text goes in as the model makes it. Methods never throw and never wait. */
export interface TtsUtterance {
  /** Adds text; whitespace matters. */
  write(text: string): void;
  /** No more text will come: what is kept back for prosody is spoken. */
  end(): void;
  /** Stops at once: the provider is told, and the listener hears nothing more. */
  cancel(): void;
}

/** A warm connection for the utterances of one call, one after another. */
export interface TtsSession {
  /** Begins an utterance. One that is not finished is cancelled. */
  speak(listener: TtsListener): TtsUtterance;
  close(): void;
}

/** A text-to-speech account. */
export interface Tts {
  /** Connects in the background, so that the first utterance finds a connection. */
  open(options: TtsOptions): TtsSession;
}
