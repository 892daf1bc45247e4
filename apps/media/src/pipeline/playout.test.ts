import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VirtualTime } from "../../test-support/virtual-time.ts";
import { Pacer } from "./pacer.ts";
import { Playout } from "./playout.ts";
import { Track } from "./track.ts";

/** A carrier that plays at real time and returns marks when they are reached, or cleared. */
class Carrier {
  readonly played: number[] = [];
  readonly told: string[] = [];
  readonly marks: string[] = [];
  mostAheadMs = 0;
  readonly playout: Playout;
  readonly time = new VirtualTime();
  #queue: (number | string)[] = [];

  constructor() {
    const tell = (what: string) => (track: Track) => void this.told.push(`${what} ${track.name}`);
    this.playout = new Playout({
      clock: this.time,
      pacer: new Pacer(this.time),
      line: {
        send: (audio) => {
          this.#queue.push(...audio);
          this.mostAheadMs = Math.max(
            this.mostAheadMs,
            this.#queue.filter((item) => typeof item === "number").length / 8,
          );
        },
        mark: (name) => void this.#queue.push(name),
        clear: () => {
          this.told.push("clear");
          const marks = this.#queue.filter((item) => typeof item === "string");
          this.#queue = [];
          for (const name of marks) this.playout.mark(name);
        },
        close: () => undefined,
      },
      listener: {
        sounded: tell("sounded"),
        firstHeard: tell("first"),
        heard: () => undefined,
        finished: tell("finished"),
        starved: tell("starved"),
      },
    });
  }

  async play(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 20) {
      await this.time.pass(20);
      let bytes = 160;
      while (this.#queue.length > 0 && (bytes > 0 || typeof this.#queue[0] === "string")) {
        const item = this.#queue.shift() as number | string;
        if (typeof item === "string") {
          this.marks.push(item);
          this.playout.mark(item);
        } else {
          this.played.push(item);
          bytes -= 1;
        }
      }
    }
  }
}

const tone = (bytes: number, from = 0): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, index) => (from + index) % 251);

describe("playing", () => {
  test("the first 20 ms carry their own mark, then about every half second, then the end; finished when that came back", async () => {
    const carrier = new Carrier();
    const track = new Track("a1");
    track.append(tone(12_000));
    track.isWhole = true;
    carrier.playout.play(track);
    await carrier.play(400);
    expect(carrier.told).toEqual(["sounded a1", "first a1"]);
    expect(track.heardMs).toBe(20);
    await carrier.play(1200);
    expect(carrier.told).toEqual(["sounded a1", "first a1", "finished a1"]);
    expect(carrier.marks).toHaveLength(4);
    expect(carrier.played).toEqual([...tone(12_000)]);
  });

  test("audio that runs out is told when it was heard, once, and goes on when more comes", async () => {
    const carrier = new Carrier();
    const track = new Track("a1");
    track.append(tone(1600));
    carrier.playout.play(track);
    await carrier.play(600);
    expect(carrier.told).toEqual(["sounded a1", "first a1", "starved a1"]);
    track.append(tone(800, 1600));
    track.isWhole = true;
    carrier.playout.pump();
    await carrier.play(400);
    expect(carrier.told.slice(3)).toEqual(["sounded a1", "finished a1"]);
    expect(carrier.played).toEqual([...tone(2400)]);
  });

  test("a prepared sentence goes before an answer that has nothing to say yet", async () => {
    const carrier = new Carrier();
    const answer = new Track("a1");
    carrier.playout.play(answer);
    const filler = new Track("p1");
    filler.append(tone(800, 100));
    filler.isWhole = true;
    carrier.playout.playBefore(filler);
    answer.append(tone(800));
    answer.isWhole = true;
    carrier.playout.pump();
    await carrier.play(500);
    expect(carrier.played).toEqual([...tone(800, 100), ...tone(800)]);
    expect(carrier.told.filter((what) => what.startsWith("finished"))).toEqual(["finished p1", "finished a1"]);
  });

  test("a sentence that is being said is not broken off by the next one", async () => {
    const carrier = new Carrier();
    carrier.playout.play(new Track("a1"));
    for (const [index, name] of ["p1", "p2"].entries()) {
      const sentence = new Track(name);
      sentence.append(tone(6400, 100 * index));
      sentence.isWhole = true;
      carrier.playout.playBefore(sentence);
      await carrier.play(200);
    }
    await carrier.play(1600);
    expect(carrier.played).toEqual([...tone(6400, 0), ...tone(6400, 100)]);
  });

  test("audio that is taken back before it was sent is told to have run out", async () => {
    const carrier = new Carrier();
    const track = new Track("a1");
    track.append(tone(800));
    track.cutAt(0);
    carrier.playout.play(track);
    await carrier.play(200);
    expect(carrier.told).toEqual(["starved a1"]);
  });

  test("whatever comes when: the caller hears the audio whole, in order and at most 400 ms late; after a clear nothing of it", () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 9000 }) }),
      fc.record({ passMs: fc.integer({ min: 1, max: 50 }).map((n) => n * 20) }),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), fc.boolean(), async (steps, isCut) => {
        const carrier = new Carrier();
        const track = new Track("a1");
        carrier.playout.play(track);
        let appended = 0;
        for (const each of steps) {
          if ("passMs" in each) {
            await carrier.play(each.passMs);
            continue;
          }
          track.append(tone(each.append, appended));
          appended += each.append;
          carrier.playout.pump();
        }
        if (isCut) {
          const heardMs = track.heardMs;
          carrier.playout.clear();
          const played = carrier.played.length;
          track.append(tone(500, appended));
          track.isWhole = true;
          carrier.playout.pump();
          await carrier.play(2000);
          expect(carrier.played.length).toBe(played);
          expect(track.heardMs).toBe(heardMs);
          expect(heardMs * 8).toBeLessThanOrEqual(played);
          expect(carrier.told).not.toContain("finished a1");
        } else {
          track.isWhole = true;
          carrier.playout.pump();
          await carrier.play(appended / 8 + 1000);
          expect(carrier.played).toEqual([...tone(appended)]);
          expect(carrier.told.filter((what) => what === "finished a1")).toEqual(["finished a1"]);
          expect(track.heardMs).toBe(appended / 8);
        }
        expect(carrier.mostAheadMs).toBeLessThanOrEqual(420);
        await carrier.time.pass(5000);
        expect(carrier.time.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
