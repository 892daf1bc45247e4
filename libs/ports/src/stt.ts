import type { AudioFormat, ProviderChoice, ProviderFailure } from "./provider.ts";

/** One recognised word. Times in milliseconds of the audio sent on this stream, from its first sample. */
export interface HeardWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0–1. */
  readonly confidence: number;
}

/** What an STT stream tells, in order. Times in milliseconds of the audio sent. */
export type SttEvent =
  /** A segment that may still change. */
  | { readonly type: "partial"; readonly segment: Segment }
  /** A segment that will not change any more. `isEndpoint`: the provider holds the utterance to be over. */
  | { readonly type: "final"; readonly segment: Segment; readonly isEndpoint: boolean }
  | { readonly type: "speech-started"; readonly atMs: number }
  /** No word for the provider's own gap after the last one. */
  | { readonly type: "utterance-end"; readonly lastWordEndMs: number }
  /** Turn-aware models only. `eager` may be taken back by `turn-resumed`. */
  | { readonly type: "end-of-turn"; readonly isEager: boolean; readonly text: string; readonly confidence: number }
  | { readonly type: "turn-resumed" }
  /** The stream is over. After it nothing is told. Null when we closed it. */
  | { readonly type: "closed"; readonly failure: ProviderFailure | null };

/** One STT result, interim or final. */
export interface Segment {
  readonly text: string;
  readonly words: readonly HeardWord[];
  /** 0–1. */
  readonly confidence: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface SttOptions extends ProviderChoice {
  readonly format: AudioFormat;
  /** The provider's own endpointing where it has one, milliseconds. */
  readonly endpointingMs: number;
  /** Words to expect (names, places). */
  readonly keywords: readonly string[];
}

/** One stream of recognition. Methods never throw and never wait. */
export interface SttStream {
  /** Sends audio in the stream's format; what comes before the connection stands is kept (at most 10 s) and sent then. The bytes may be reused after return. */
  send(audio: Uint8Array): void;
  /** Asks for everything that is still open as final. */
  finalize(): void;
  /** Ends the stream; `closed` follows. */
  close(): void;
}

/** A speech-to-text account. Reconnects and retries are the caller's. */
export interface Stt {
  open(options: SttOptions, onEvent: (event: SttEvent) => void): SttStream;
}
