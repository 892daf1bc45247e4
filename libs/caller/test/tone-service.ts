import { renderTones, ToneReader } from "@tandem/audio";
import type { CarrierStreamStart } from "@tandem/ports/carrier-stream";
import { mediaStream } from "@tandem/twilio/media-stream";
import type { WebSocket } from "ws";

const MULAW = { encoding: "mulaw", sampleRateHz: 8000 } as const;

/** A media service as small as can be: says something, hears tones, obeys a barge-in with `clear`. */
export class ToneService {
  readonly heard: string[] = [];
  readonly digits: string[] = [];
  readonly marks: string[] = [];
  readonly starts: CarrierStreamStart[] = [];
  readonly malformed: string[] = [];
  readonly signed: boolean[] = [];
  stops = 0;
  socket: WebSocket | null = null;
  say: (text: string, mark?: string) => void = () => {};
  clear: () => void = () => {};
  greeting = "";
  onWord: (word: string) => void = () => {};
  onSpeech: () => void = () => {};
  onMark: () => void = () => {};

  serve(socket: WebSocket): void {
    this.socket = socket;
    const ear = new ToneReader(MULAW, (event) => {
      if (event.type === "speech-started") this.onSpeech();
      if (event.type !== "word") return;
      this.heard.push(event.text);
      this.onWord(event.text);
    });
    const reader = mediaStream.reader({
      start: (start) => {
        this.starts.push(start);
        const writer = mediaStream.writer(start.streamId);
        const send = (frame: Buffer) => socket.send(frame, { binary: false });
        this.say = (text, mark = text) => {
          send(writer.media(renderTones(text, MULAW).audio));
          send(writer.mark(mark));
        };
        this.clear = () => send(writer.clear());
        if (this.greeting !== "") this.say(this.greeting);
      },
      media: (audio) => ear.push(audio),
      dtmf: (digit) => this.digits.push(digit),
      mark: (name) => {
        this.marks.push(name);
        this.onMark();
      },
      stop: () => {
        this.stops += 1;
      },
      malformed: (reason) => this.malformed.push(reason),
    });
    socket.on("message", (bytes: Buffer, isBinary) => reader.read(bytes, isBinary));
    socket.on("error", () => {});
  }
}
