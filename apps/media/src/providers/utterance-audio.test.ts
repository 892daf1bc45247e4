import fc from "fast-check";
import { expect, test } from "vitest";
import { UtteranceAudio } from "./utterance-audio.ts";

const MOST_BYTES = 1 << 17;

test("what is replayed is what was pushed since the position held, as far as there is room, whatever the frames", () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ push: fc.integer({ min: 1, max: 4000 }) }) },
    { weight: 1, arbitrary: fc.record({ holdBackMs: fc.nat({ max: 3000 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const audio = new UtteranceAudio();
      const all: number[] = [];
      let held = 0;
      for (const each of steps) {
        if ("push" in each) {
          const frame = Uint8Array.from({ length: each.push }, (_, index) => (all.length + index) % 251);
          for (const byte of frame) all.push(byte);
          audio.push(frame);
        } else {
          const position = all.length / 8 - each.holdBackMs;
          audio.holdFrom(position);
          held = Math.max(held, Math.min(all.length, position * 8));
        }
      }
      const replayed: number[] = [];
      const fromMs = audio.replay((piece) => replayed.push(...piece));
      expect(fromMs * 8).toBe(
        Math.max(held, all.length - MOST_BYTES, 0) < all.length ? all.length - replayed.length : all.length,
      );
      expect(replayed).toEqual(all.slice(all.length - replayed.length));
      expect(replayed.length).toBe(Math.min(all.length - held, MOST_BYTES));
      expect(audio.positionMs).toBe(all.length / 8);
    }),
    { numRuns: 60 },
  );
});
