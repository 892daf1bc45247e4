import { array, assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { FrameClock } from "./frame-clock.ts";
import { levelDb, mulawLevelDb } from "./level.ts";
import { MULAW_SILENCE, mulawToPcm, pcmToMulaw } from "./mulaw.ts";
import { NoiseSource } from "./noise.ts";
import { Downsampler, Upsampler } from "./resample.ts";

const sine = (length: number, hz: number, rateHz: number, peak = 10_000) =>
  Int16Array.from({ length }, (_, index) => Math.round(peak * Math.sin((2 * Math.PI * hz * index) / rateHz)));

test("every µ-law byte survives the way there and back; known values of G.711 hold", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const pcm = new Int16Array(256);
  mulawToPcm(bytes, pcm);
  const again = new Uint8Array(256);
  pcmToMulaw(pcm, again);
  // Minus zero (0x7f) is the one value with two names.
  expect([...again]).toEqual([...bytes].map((byte) => (byte === 0x7f ? 0xff : byte)));
  expect([pcm[0x00], pcm[0x80], pcm[0xff], pcm[0x7f], pcm[0x8f], pcm[0xf0]]).toEqual([
    -32_124, 32_124, 0, 0, 16_764, 120,
  ]);
});

test("µ-law keeps every sample within its step", () => {
  assert(
    property(integer({ min: -32_768, max: 32_767 }), (sample) => {
      const [byte, pcm] = [new Uint8Array(1), new Int16Array(1)];
      pcmToMulaw(Int16Array.of(sample), byte);
      mulawToPcm(byte, pcm);
      expect(Math.abs((pcm[0] ?? 0) - sample)).toBeLessThanOrEqual(
        Math.max(4, Math.abs(sample) / 16 + 4, Math.abs(sample) - 32_124),
      );
    }),
  );
});

test("levels are of the RMS, floored, and the same for both encodings", () => {
  expect(levelDb(sine(8000, 1000, 8000, 32_767))).toBeCloseTo(-3.01, 1);
  expect([
    levelDb(new Int16Array(80)),
    levelDb(new Int16Array(0)),
    mulawLevelDb(new Uint8Array(80).fill(MULAW_SILENCE)),
  ]).toEqual([-96, -96, -96]);
  const pcm = sine(800, 440, 8000);
  const mulaw = new Uint8Array(800);
  pcmToMulaw(pcm, mulaw);
  expect(mulawLevelDb(mulaw)).toBeCloseTo(levelDb(pcm), 1);
});

test("noise has the level asked for, is repeatable and clips instead of wrapping", () => {
  const [one, other] = [new Int16Array(20_000), new Int16Array(20_000)];
  new NoiseSource(7).addTo(one, -30);
  new NoiseSource(7).addTo(other, -30);
  expect(one).toEqual(other);
  expect(levelDb(one)).toBeCloseTo(-30, 0);
  const loud = new Int16Array(2000).fill(32_767);
  new NoiseSource(8).addTo(loud, -6);
  expect(Math.min(...loud)).toBeGreaterThan(0);
});

/** Tone left after a conversion, dB relative to what went in. */
function passes(hz: number, fromHz: 8000 | 16_000): number {
  const input = sine(4000, hz, fromHz);
  const output = new Int16Array(8000);
  const count = (fromHz === 8000 ? new Upsampler() : new Downsampler()).convert(input, output);
  return levelDb(output.subarray(200, count - 200)) - levelDb(input);
}

test("conversion keeps the telephone band and holds off what would fold into it", () => {
  for (const hz of [400, 1000, 2000, 3000]) {
    expect(Math.abs(passes(hz, 16_000))).toBeLessThan(1);
    expect(Math.abs(passes(hz, 8000))).toBeLessThan(1);
  }
  expect(passes(6000, 16_000)).toBeLessThan(-30);
});

test("conversion gives the same samples in whatever pieces the sound comes", () => {
  const input = sine(1200, 700, 16_000);
  assert(
    property(array(integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }), (sizes) => {
      for (const make of [() => new Upsampler(), () => new Downsampler()]) {
        const whole = new Int16Array(2400);
        const length = make().convert(input, whole);
        const pieces = make();
        const joined: number[] = [];
        for (let at = 0, turn = 0; at < input.length; turn += 1) {
          const part = input.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
          const output = new Int16Array(part.length * 2 + 2);
          joined.push(...output.subarray(0, pieces.convert(part, output)));
          at += part.length;
        }
        expect(joined).toEqual([...whole.subarray(0, length)]);
      }
    }),
    { numRuns: 40 },
  );
});

test("one clock beats for all: late beats are made up for, and it rests when nobody listens", async () => {
  const clock = new FrameClock();
  const beats = [0, 0];
  const startedMs = performance.now();
  const ends = beats.map((_, index) => clock.listen(() => (beats[index] = (beats[index] ?? 0) + 1)));
  const standstill = performance.now() + 300;
  await new Promise((resolve) => setTimeout(resolve, 60));
  while (performance.now() < standstill);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const due = Math.floor((performance.now() - startedMs) / 20);
  for (const end of ends) end();
  expect(beats[0]).toBe(beats[1]);
  expect(Math.abs((beats[0] ?? 0) - due)).toBeLessThanOrEqual(2);
  const after = [...beats];
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(beats).toEqual(after);
});
