import type { CarrierStream } from "@tandem/ports/carrier-stream";
import { MediaStreamReader } from "./media-stream-reader.ts";
import { MediaStreamWriter } from "./media-stream-writer.ts";

/** Twilio's bidirectional Media Streams: JSON text frames, base64 of µ-law 8 kHz. */
export const mediaStream: CarrierStream = {
  reader: (listener) => new MediaStreamReader(listener),
  writer: (streamId) => new MediaStreamWriter(streamId),
};
