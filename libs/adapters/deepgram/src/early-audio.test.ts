import fc from "fast-check";
import { expect, test } from "vitest";
import { CARRIER_FORMAT } from "@tandem/ports/provider";
import { EarlyAudio } from "./early-audio.ts";

const KEPT_BYTES = 80_000;

test("the last ten seconds are kept in order, and what was dropped is known, whatever the pieces", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const early = new EarlyAudio(CARRIER_FORMAT);
      let next = 0;
      const sent = lengths.map((length) => Uint8Array.from({ length }, () => next++ % 251));
      for (const audio of sent) {
        early.push(audio);
        audio.fill(255);
      }
      const kept: number[] = [];
      early.drain((audio) => kept.push(...audio));
      const total = lengths.reduce((sum, length) => sum + length, 0);
      expect(kept.length).toBe(Math.min(total, KEPT_BYTES));
      expect(early.droppedMs).toBe((total - kept.length) / 8);
      const first = total - kept.length;
      expect(kept.every((byte, index) => byte === (first + index) % 251)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("what was handed over is not handed over again", () => {
  const early = new EarlyAudio(CARRIER_FORMAT);
  early.push(new Uint8Array(10));
  early.drain(() => {});
  let again = 0;
  early.drain(() => again++);
  expect(again).toBe(0);
});
