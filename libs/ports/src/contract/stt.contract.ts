import type { VendorFault } from "@tandem/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Stt, SttEvent, SttOptions, SttStream } from "../stt.ts";
import {
  eventually,
  nonsense,
  quietly,
  type SpeechControl,
  type SpeechFault,
  type SpeechLine,
  startLine,
  startNonsense,
} from "./speech-line.contract.ts";

/** A speech-to-text provider at its emulator. */
export interface SttSubject {
  /** Name of the emulator in fault scripts and ledger. */
  readonly vendor: string;
  readonly control: SpeechControl;
  /** Origin of the emulator, `http://…`. */
  readonly origin: string;
  /** A credential that works. */
  readonly credential: string;
  /** The provider at an origin with a credential. */
  at(access: { readonly origin: string; readonly credential: string }): Stt;
  readonly options: SttOptions;
  /** Audio that says a text, in the format of `options`. */
  speak(text: string): Uint8Array;
  /** Silence in the same format. */
  silence(durationMs: number): Uint8Array;
  close(): Promise<void>;
}

const SENTENCE = "I need 2 people on 2026-11-30 at 14:00, please.";
const QUIET_MS = 200;
/** Longest time from `close()` to `closed`, with room for a loaded machine. */
const FAREWELL_MS = 5000;
const FRAME_MS = 20;

const refusals: readonly (readonly [string, SpeechFault, VendorFault, number | null])[] = [
  ["429", { do: "throttle" }, "throttled", null],
  ["429 with Retry-After", { do: "throttle", retryAfterSeconds: 7 }, "throttled", 7000],
  ["503", { do: "fail-before", status: 503 }, "unavailable", null],
  ["a reset", { do: "reset" }, "unavailable", null],
  ["no answer", { do: "hang" }, "unavailable", null],
];

type Told<Type extends SttEvent["type"]> = Extract<SttEvent, { type: Type }>;

/** One stream and what it told. */
class Listening {
  readonly told: SttEvent[] = [];
  readonly stream: SttStream;
  readonly #bytesPerFrame: number;

  constructor(stt: Stt, options: SttOptions) {
    this.#bytesPerFrame = FRAME_MS * bytesPerMs(options);
    this.stream = stt.open(options, (event) => this.told.push(event));
  }

  /** Sends audio in chunks of `bytes` (a carrier frame when not given), each overwritten once it was sent. */
  send(audio: Uint8Array, bytes = this.#bytesPerFrame): void {
    for (let start = 0; start < audio.length; start += bytes) {
      const chunk = new Uint8Array(audio.subarray(start, start + bytes));
      this.stream.send(chunk);
      chunk.fill(0x55);
    }
  }

  all<Type extends SttEvent["type"]>(type: Type): Told<Type>[] {
    return this.told.filter((event): event is Told<Type> => event.type === type);
  }

  /** What the final segments say. */
  get text(): string {
    return this.all("final")
      .map(({ segment }) => segment.text)
      .filter((text) => text !== "")
      .join(" ");
  }
}

const bytesPerMs = ({ format }: SttOptions): number =>
  (format.sampleRateHz / 1000) * (format.encoding === "pcm16" ? 2 : 1);

/** What every speech-to-text adapter must do. */
export function sttContract(name: string, open: () => Promise<SttSubject>): void {
  describe(`${name} keeps the stt contract`, () => {
    let subject: SttSubject;
    let line: SpeechLine;
    beforeAll(async () => {
      subject = await open();
      line = await startLine(subject.origin);
    });
    afterAll(async () => {
      await line.close();
      await subject.close();
    });
    beforeEach(async () => {
      line.cutAfter(null);
      line.delay(0);
      await subject.control.clearFaults();
    });

    const listen = (access: { origin?: string; credential?: string } = {}): Listening =>
      new Listening(subject.at({ origin: line.origin, credential: subject.credential, ...access }), subject.options);
    const end = async (heard: Listening): Promise<void> => {
      heard.stream.close();
      await eventually(() => expect(heard.all("closed")).toHaveLength(1));
    };
    const script = (fault: SpeechFault) =>
      subject.control.setFault({ vendor: subject.vendor, method: "WS", times: null, fault });
    const spoken = (text: string): Uint8Array =>
      Buffer.concat([subject.silence(200), subject.speak(text), subject.silence(subject.options.endpointingMs + 1500)]);
    const nothingLeft = () => eventually(() => expect(line.connections(), "connections left open").toBe(0));

    test("what is said is heard: partials that grow, finals, the endpoint, and the end once", async () => {
      const heard = listen();
      heard.send(spoken(SENTENCE));
      await eventually(() => expect(heard.told.some(isTurnEnd)).toBe(true));
      await end(heard);
      expect(heard.text).toBe(SENTENCE);
      const partials = heard.all("partial").map(({ segment }) => segment.text);
      expect(partials.length).toBeGreaterThan(2);
      expect(SENTENCE).toContain(partials[0]);
      expect(heard.told.findIndex(({ type }) => type === "speech-started")).toBeLessThan(
        heard.told.findIndex(({ type }) => type === "final"),
      );
      expect(heard.told.at(-1)).toEqual({ type: "closed", failure: null });
      await nothingLeft();
    });

    test("words have times within what was sent, in order, and confidence between 0 and 1", async () => {
      const heard = listen();
      const audio = spoken(SENTENCE);
      heard.send(audio);
      await eventually(() => expect(heard.told.some(isTurnEnd)).toBe(true));
      await end(heard);
      const words = heard.all("final").flatMap(({ segment }) => segment.words);
      expect(words.map(({ text }) => text).join(" ")).toBe(SENTENCE);
      let previousMs = 0;
      for (const { startMs, endMs, confidence } of words) {
        expect(startMs).toBeGreaterThanOrEqual(previousMs - 1);
        expect(endMs).toBeGreaterThan(startMs);
        expect(confidence).toBeGreaterThan(0.5);
        expect(confidence).toBeLessThanOrEqual(1);
        previousMs = endMs;
      }
      expect(words[0]?.startMs).toBeGreaterThan(100);
      expect(previousMs).toBeLessThan(audio.length / bytesPerMs(subject.options));
    });

    test("however the audio is cut, the same is heard", async () => {
      const audio = spoken(SENTENCE);
      const unit = subject.options.format.encoding === "pcm16" ? 2 : 1;
      const finals = [];
      for (const bytes of [37 * unit, 160 * unit, 3200, audio.length]) {
        const heard = listen();
        heard.send(audio, bytes);
        await eventually(() => expect(heard.text).toBe(SENTENCE));
        finals.push(heard.all("final").flatMap(({ segment }) => segment.words));
        await end(heard);
      }
      for (const words of finals) expect(words).toEqual(finals[0]);
    });

    test("audio sent before the connection stands is kept, also when its buffer is used again", async () => {
      await script({ do: "delay", ms: 400 });
      const heard = listen();
      heard.send(spoken(SENTENCE));
      await eventually(() => expect(heard.text).toBe(SENTENCE));
      await end(heard);
    });

    test("of early audio the last ten seconds are kept, and times still count from the first sample", async () => {
      await script({ do: "delay", ms: 400 });
      const heard = listen();
      const before = Buffer.concat([subject.speak("forgotten"), subject.silence(11_000)]);
      heard.send(before);
      heard.send(spoken("kept"));
      await eventually(() => expect(heard.text).toBe("kept"));
      const [word] = heard.all("final").flatMap(({ segment }) => segment.words);
      expect(word?.startMs).toBeGreaterThan(before.length / bytesPerMs(subject.options) + 100);
      await end(heard);
    });

    test("finalize brings what is open, without waiting for silence", async () => {
      const heard = listen();
      heard.send(Buffer.concat([subject.speak(SENTENCE), subject.silence(60)]));
      await eventually(() => expect(heard.all("partial").length).toBeGreaterThan(0));
      heard.stream.finalize();
      await eventually(() => expect(heard.text).toBe(SENTENCE));
      await end(heard);
    });

    test("finalize that is asked before the connection stands brings what was sent until then", async () => {
      await script({ do: "delay", ms: 300 });
      const heard = listen();
      heard.send(Buffer.concat([subject.speak(SENTENCE), subject.silence(60)]));
      heard.stream.finalize();
      await eventually(() => expect(heard.text).toBe(SENTENCE));
      await end(heard);
    });

    test("a stream closed before it stands ends once, without a failure", async () => {
      await script({ do: "delay", ms: 500 });
      const heard = listen();
      heard.send(subject.silence(100));
      await end(heard);
      await quietly(QUIET_MS);
      expect(heard.told).toEqual([{ type: "closed", failure: null }]);
      await nothingLeft();
    });

    test("whatever is asked of a stream that is over changes nothing", async () => {
      const heard = listen();
      heard.send(subject.silence(100));
      heard.stream.close();
      await end(heard);
      heard.stream.send(subject.silence(100));
      heard.stream.finalize();
      heard.stream.close();
      await quietly(QUIET_MS);
      expect(heard.all("closed")).toHaveLength(1);
      expect(heard.told.at(-1)?.type).toBe("closed");
    });

    test("a provider that is connected but silent can be left", async () => {
      await script({ do: "stall" });
      const heard = listen();
      heard.send(spoken(SENTENCE));
      await quietly(QUIET_MS);
      expect(heard.told).toEqual([]);
      const askedMs = performance.now();
      await end(heard);
      expect(performance.now() - askedMs).toBeLessThan(FAREWELL_MS);
      expect(heard.told).toEqual([{ type: "closed", failure: null }]);
      await nothingLeft();
    });

    /** Waits for the end and checks how it was told. */
    const expectFailure = async (heard: Listening, fault: VendorFault): Promise<Told<"closed">> => {
      await eventually(() => expect(heard.all("closed")).toHaveLength(1));
      const [closed] = heard.all("closed");
      expect(closed?.failure).toMatchObject({ fault, message: expect.stringMatching(/./u) });
      expect(JSON.stringify(closed)).not.toContain(subject.credential);
      heard.stream.send(subject.silence(20));
      heard.stream.finalize();
      heard.stream.close();
      await quietly(QUIET_MS);
      expect(heard.told.at(-1)).toBe(closed);
      expect(heard.all("closed")).toHaveLength(1);
      return closed as Told<"closed">;
    };

    test("a wrong credential is told as such and not shown", async () => {
      const credential = "wrong-credential-of-a-test";
      const closed = await expectFailure(listen({ credential }), "unauthorized");
      expect(JSON.stringify(closed)).not.toContain(credential);
    });

    test.each(refusals)("%s ends the stream with its fault", async (_, fault, told, waitMs) => {
      await script(fault);
      const heard = listen();
      heard.send(subject.silence(100));
      const { failure } = await expectFailure(heard, told);
      expect(failure?.retryAfterMs).toBe(waitMs);
      await subject.control.clearFaults();
      await nothingLeft();
    });

    test.each([1006, 1011])("a connection that ends with %i is told once", async (code) => {
      await script({ do: "close", afterMs: 200, code });
      const heard = listen();
      heard.send(subject.speak(SENTENCE));
      await expectFailure(heard, "unavailable");
      await nothingLeft();
    });

    test.each([3, 90])("a line cut after %i bytes, in the middle of a frame, is told once", async (bytes) => {
      line.cutAfter(bytes);
      const heard = listen();
      heard.send(spoken(SENTENCE));
      await expectFailure(heard, "unavailable");
    });

    test.each(Object.entries(nonsense))("%s is told as a breach of contract", async (_, answer) => {
      const vendor = await startNonsense(answer);
      const heard = listen({ origin: vendor.origin });
      heard.send(subject.silence(100));
      await expectFailure(heard, "contract");
      await vendor.close();
    });

    test("a message of a kind that is not known yet changes nothing", async () => {
      const vendor = await startNonsense((socket) => socket.send('{"type":"Novelty","channel":7}'));
      const heard = listen({ origin: vendor.origin });
      heard.send(subject.silence(100));
      await quietly(QUIET_MS);
      expect(heard.told).toEqual([]);
      await end(heard);
      await vendor.close();
    });
  });
}

const isTurnEnd = (event: SttEvent): boolean =>
  (event.type === "final" && event.isEndpoint) || (event.type === "end-of-turn" && !event.isEager);
