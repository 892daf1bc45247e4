import { expect, it } from "vitest";
import { instant } from "./clock.ts";

const written = (epochMs: number): string => new Date(epochMs).toISOString();

it("writes an instant as the platform does, from one end of time to the other", () => {
  const edges = [
    0, -1, 999, 86_399_999, 86_400_000, -62_167_219_200_001, 253_402_300_800_000, 8.64e15, -8.64e15, 1.5, -0.5,
  ];
  const walk = Array.from({ length: 5000 }, (_, step) => Date.UTC(1999, 11, 31) + step * 7_919_317);
  for (const epochMs of [...edges, ...walk]) expect(instant(epochMs)).toBe(written(epochMs));
});

it("throws for what is no time", () => {
  for (const epochMs of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1])
    expect(() => instant(epochMs)).toThrow(RangeError);
});
