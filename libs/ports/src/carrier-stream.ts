/** What a carrier's audio stream says of itself when it begins. */
export interface CarrierStreamStart {
  readonly streamId: string;
  readonly callId: string;
  readonly accountId: string;
  /** `mulaw`, or what the carrier calls it when it is another. */
  readonly encoding: string;
  readonly sampleRateHz: number;
  /** Named values of our own document, e.g. the ticket. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Told about each frame of one stream, synchronously, in order. */
export interface CarrierStreamListener {
  start(start: CarrierStreamStart): void;
  /** Caller audio. The bytes are a view that is valid until the method returns. `timestampMs` from the stream's start; `sequence` counts the audio frames: one more each time unless frames were lost. */
  media(audio: Uint8Array, timestampMs: number, sequence: number): void;
  dtmf(digit: string): void;
  mark(name: string): void;
  stop(): void;
  /** A frame that the protocol does not allow; the stream should be closed. */
  malformed(reason: string): void;
}

/** Reads one stream's frames. Holds its own buffers; one per connection. */
export interface CarrierStreamReader {
  /** One text frame as received. `isBinary` frames are malformed where the protocol is text. */
  read(frame: Buffer, isBinary: boolean): void;
}

/** Writes frames of one stream. Each returns a whole text frame; the buffer is not reused. */
export interface CarrierStreamWriter {
  media(audio: Uint8Array): Buffer;
  mark(name: string): Buffer;
  clear(): Buffer;
}

/** A carrier's bidirectional audio protocol over a WebSocket. No SDK, no JSON parser for media. */
export interface CarrierStream {
  reader(listener: CarrierStreamListener): CarrierStreamReader;
  writer(streamId: string): CarrierStreamWriter;
}
