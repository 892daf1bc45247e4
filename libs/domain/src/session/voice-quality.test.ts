import * as fc from "fast-check";
import { expect, test } from "vitest";
import { estimatedMos, transmissionRating } from "./voice-quality.ts";

const path = fc.record({
  lossRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  oneWayDelayMs: fc.double({ min: 0, max: 2000, noNaN: true }),
  jitterMs: fc.double({ min: 0, max: 500, noNaN: true }),
});

test("an undisturbed G.711 call rates 93.2, 4.4 as opinion score", () => {
  const best = { lossRatio: 0, oneWayDelayMs: 0, jitterMs: 0 };
  expect(transmissionRating(best)).toBe(93.2);
  expect(estimatedMos(best)).toBeCloseTo(4.41, 2);
});

test("half a second of delay and a fifth of the frames lost is a bad call", () =>
  expect(estimatedMos({ lossRatio: 0.2, oneWayDelayMs: 500, jitterMs: 20 })).toBeLessThan(1.5));

test("scores stay within 1 and 4.5, and more loss, delay or jitter never rates better", () =>
  fc.assert(
    fc.property(path, path, (left, right) => {
      const worst = {
        lossRatio: Math.max(left.lossRatio, right.lossRatio),
        oneWayDelayMs: Math.max(left.oneWayDelayMs, right.oneWayDelayMs),
        jitterMs: Math.max(left.jitterMs, right.jitterMs),
      };
      expect(transmissionRating(worst)).toBeLessThanOrEqual(transmissionRating(left) + 1e-9);
      expect(estimatedMos(left)).toBeGreaterThanOrEqual(1);
      expect(estimatedMos(left)).toBeLessThanOrEqual(4.5);
    }),
  ));
