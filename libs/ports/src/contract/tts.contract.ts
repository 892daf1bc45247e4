import type { VendorFault } from "@tandem/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ProviderFailure } from "../provider.ts";
import type { Tts, TtsListener, TtsOptions, TtsSession } from "../tts.ts";
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

/** A text-to-speech provider at its emulator. */
export interface TtsSubject {
  /** Name of the emulator in fault scripts and ledger. */
  readonly vendor: string;
  readonly control: SpeechControl;
  /** Origin of the emulator, `http://…`. */
  readonly origin: string;
  /** A credential that works. */
  readonly credential: string;
  /** The provider at an origin with a credential. */
  at(access: { readonly origin: string; readonly credential: string }): Tts;
  readonly options: TtsOptions;
  /** The text that whole audio in the format of `options` says: what a tone reader hears in it. */
  read(audio: Uint8Array): string;
  close(): Promise<void>;
}

/** What a listener was told, in order. */
class Hearing implements TtsListener {
  readonly told: string[] = [];
  failure: ProviderFailure | null = null;
  readonly #chunks: Uint8Array[] = [];

  audio(chunk: Uint8Array): void {
    this.told.push("audio");
    this.#chunks.push(new Uint8Array(chunk));
  }
  words(): void {
    this.told.push("words");
  }
  done(): void {
    this.told.push("done");
  }
  failed(failure: ProviderFailure): void {
    this.told.push("failed");
    this.failure = failure;
  }
  /** All audio so far. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
  /** How often it was told of an end. */
  get ends(): number {
    return this.told.filter((event) => event === "done" || event === "failed").length;
  }
}

const SENTENCE = "Your visit is on 2026-11-30 at 14:00, right?";
const LONG = "First I would like to tell you everything that we offer, slowly, and from the beginning of time. ".repeat(
  3,
);
/** Audio that was cancelled is still on its way for this long. */
const IN_FLIGHT_MS = 200;
/** Long enough for what was under way to arrive. */
const QUIET_MS = 300;

const refusals: readonly (readonly [string, SpeechFault, VendorFault, number | null])[] = [
  ["429", { do: "throttle" }, "throttled", null],
  ["429 with Retry-After", { do: "throttle", retryAfterSeconds: 7 }, "throttled", 7000],
  ["503", { do: "fail-before", status: 503 }, "unavailable", null],
  ["a reset", { do: "reset" }, "unavailable", null],
  ["no answer", { do: "hang" }, "unavailable", null],
];

/** What every text-to-speech adapter must do. */
export function ttsContract(name: string, open: () => Promise<TtsSubject>): void {
  describe(`${name} keeps the tts contract`, () => {
    let subject: TtsSubject;
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

    const start = (origin = line.origin): TtsSession =>
      subject.at({ origin, credential: subject.credential }).open(subject.options);
    /** Says pieces of text as one utterance and waits for its end. */
    const say = async (session: TtsSession, ...pieces: string[]): Promise<Hearing> => {
      const heard = new Hearing();
      const utterance = session.speak(heard);
      for (const piece of pieces) utterance.write(piece);
      utterance.end();
      await eventually(() => expect(heard.ends).toBe(1));
      return heard;
    };
    const saidBy = (heard: Hearing): string => subject.read(heard.bytes).trim();
    const withSession = async (work: (session: TtsSession) => Promise<void>): Promise<void> => {
      const session = start();
      try {
        await work(session);
      } finally {
        session.close();
      }
      await eventually(() => expect(line.connections(), "connections left open").toBe(0));
    };
    const script = (fault: SpeechFault, times: number | null = 1) =>
      subject.control.setFault({ vendor: subject.vendor, method: "WS", times, fault });
    const lastSeq = async () => (await subject.control.ledger({ vendor: subject.vendor })).at(-1)?.seq ?? 0;

    test("text that comes in tokens is spoken whole, and its end is told once, last", () =>
      withSession(async (session) => {
        const heard = await say(session, ...(SENTENCE.match(/\s?\S{1,4}/gu) ?? []));
        expect(saidBy(heard)).toBe(SENTENCE);
        expect(heard.told.at(-1)).toBe("done");
        await quietly(QUIET_MS);
        expect(heard.ends).toBe(1);
        expect(heard.told.at(-1)).toBe("done");
      }));

    test("however the text is cut, the same is said", () =>
      withSession(async (session) => {
        for (const pieces of [[SENTENCE], SENTENCE.split(""), SENTENCE.split(/(?<=\s)/u), ["", SENTENCE, ""]])
          expect(saidBy(await say(session, ...pieces))).toBe(SENTENCE);
      }));

    test("an utterance without text ends with no audio", () =>
      withSession(async (session) => {
        expect((await say(session)).told).toEqual(["done"]);
        expect(saidBy(await say(session, "And then one with."))).toBe("And then one with.");
      }));

    test("text written before the connection stands is kept", async () => {
      await script({ do: "delay", ms: 300 });
      await withSession(async (session) => expect(saidBy(await say(session, SENTENCE))).toBe(SENTENCE));
    });

    test("after a cancel nothing is heard, the provider is told, and the next utterance is clean", () =>
      withSession(async (session) => {
        line.delay(IN_FLIGHT_MS);
        const before = await lastSeq();
        const heard = new Hearing();
        const utterance = session.speak(heard);
        utterance.write(LONG);
        utterance.end();
        await eventually(() => expect(heard.told).toContain("audio"));
        utterance.cancel();
        const told = heard.told.length;
        expect(saidBy(await say(session, "Of course, go ahead."))).toBe("Of course, go ahead.");
        await quietly(QUIET_MS);
        expect(heard.told).toHaveLength(told);
        expect(heard.ends).toBe(0);
        await eventually(async () => {
          const effects = await subject.control.ledger({ vendor: subject.vendor, after: before });
          expect(effects.map(({ effect }) => effect)).toContain("cancelled");
        });
      }));

    test("a new utterance cancels the one that is not finished", () =>
      withSession(async (session) => {
        const [first, second] = [new Hearing(), new Hearing()];
        line.delay(IN_FLIGHT_MS);
        session.speak(first).write(LONG);
        await eventually(() => expect(first.told).toContain("audio"));
        const utterance = session.speak(second);
        utterance.write(SENTENCE);
        utterance.end();
        await eventually(() => expect(second.ends).toBe(1));
        expect(saidBy(second)).toBe(SENTENCE);
        expect(first.ends).toBe(0);
      }));

    test("whatever is asked of an utterance that is over changes nothing", () =>
      withSession(async (session) => {
        const heard = new Hearing();
        const over = session.speak(heard);
        over.write(SENTENCE);
        over.end();
        await eventually(() => expect(heard.ends).toBe(1));
        const { length } = heard.told;
        const next = new Hearing();
        const utterance = session.speak(next);
        utterance.write(SENTENCE);
        for (const late of [() => over.write("late"), () => over.end(), () => over.cancel(), () => over.cancel()])
          late();
        utterance.end();
        utterance.end();
        utterance.write(" late");
        await eventually(() => expect(next.ends).toBe(1));
        expect(saidBy(next)).toBe(SENTENCE);
        expect(heard.told).toHaveLength(length);
      }));

    test("a session closed in mid-utterance is silent and leaves no connection", async () => {
      const heard = new Hearing();
      await withSession(async (session) => {
        session.speak(heard).write(LONG);
        session.speak(heard).write(LONG);
        await eventually(() => expect(line.connections()).toBe(1));
      });
      const { length } = heard.told;
      await quietly(QUIET_MS);
      expect(heard.told).toHaveLength(length);
    });

    test("a session that is closed twice, or used after it, throws nothing and connects no more", async () => {
      const session = start();
      session.close();
      session.close();
      const utterance = session.speak(new Hearing());
      utterance.write(SENTENCE);
      utterance.end();
      utterance.cancel();
      await quietly(QUIET_MS);
      expect(line.connections()).toBe(0);
    });

    const expectFailure = (heard: Hearing, fault: VendorFault) => {
      expect(heard.failure).toMatchObject({ fault, message: expect.stringMatching(/./u) });
      expect(JSON.stringify(heard.failure)).not.toContain(subject.credential);
      expect(heard.told.filter((event) => event === "failed")).toHaveLength(1);
      expect(heard.told.at(-1)).toBe("failed");
    };

    test("a wrong credential is told as such and not shown", async () => {
      const credential = "wrong-credential-of-a-test";
      const session = subject.at({ origin: line.origin, credential }).open(subject.options);
      const heard = await say(session, SENTENCE);
      expectFailure(heard, "unauthorized");
      expect(heard.failure?.message).not.toContain(credential);
      session.close();
    });

    test.each(refusals)(
      "%s ends the utterance with its fault, and the next one works",
      async (_, fault, told, waitMs) => {
        await script(fault, null);
        await withSession(async (session) => {
          const heard = await say(session, SENTENCE);
          expectFailure(heard, told);
          expect(heard.failure?.retryAfterMs).toBe(waitMs);
          await subject.control.clearFaults();
          expect(saidBy(await say(session, SENTENCE))).toBe(SENTENCE);
        });
      },
    );

    test.each([1006, 1011])("a connection that ends with %i in mid-utterance is told once", async (code) => {
      await script({ do: "close", afterMs: 300, code });
      await withSession(async (session) => {
        const heard = await say(session, LONG.repeat(4));
        expectFailure(heard, "unavailable");
        await quietly(QUIET_MS);
        expect(heard.ends).toBe(1);
        expect(saidBy(await say(session, SENTENCE))).toBe(SENTENCE);
      });
    });

    test.each([3, 700, 1500])("a line cut after %i bytes, in the middle of a frame, is told once", async (bytes) => {
      line.cutAfter(bytes);
      await withSession(async (session) => {
        const heard = await say(session, LONG.repeat(4));
        line.cutAfter(null);
        expectFailure(heard, "unavailable");
        expect(saidBy(await say(session, SENTENCE))).toBe(SENTENCE);
      });
    });

    test.each(Object.entries(nonsense))("%s is told as a breach of contract", async (_, answer) => {
      const vendor = await startNonsense(answer);
      const session = start(vendor.origin);
      expectFailure(await say(session, SENTENCE), "contract");
      session.close();
      await vendor.close();
    });

    test("a provider that is connected but silent is told of nothing, and can be cancelled and left", async () => {
      await script({ do: "stall" });
      await withSession(async (session) => {
        const heard = new Hearing();
        const utterance = session.speak(heard);
        utterance.write(SENTENCE);
        utterance.end();
        await quietly(QUIET_MS);
        expect(heard.told).toEqual([]);
        utterance.cancel();
        session.close();
        await quietly(QUIET_MS);
        expect(heard.told).toEqual([]);
      });
    });
  });
}
