import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logBeta, logGamma } from "./log-beta.ts";
import {
  allowedShare,
  dispersionOf,
  evidenceOfGood,
  evidenceOfWorse,
  type ShareMargin,
  type Sides,
} from "./share-test.ts";
import type { Sums } from "./sums.ts";

const sums = (calls: number, sum: number): Sums => ({ calls, sum, squares: sum });
const sides = (candidate: readonly [number, number], baseline: readonly [number, number]): Sides => ({
  candidate: sums(...candidate),
  baseline: sums(...baseline),
});

/** Values that one call may have, with their chances. */
type Values = readonly (readonly [value: number, chance: number])[];
const yesOrNo = (p: number): Values => [
  [1, p],
  [0, 1 - p],
];
/** The same mean, spread otherwise. */
const inParts = (p: number): Values => [
  [1, p * 0.4],
  [0.5, p * 1.2],
  [0, 1 - p * 1.6],
];

/**
 * The exact chance that a test ever exceeds log(1/α) while calls come in, candidate and baseline in turn: every history is walked, those
 * that have exceeded it apart.
 */
function chanceEver(
  test: (at: Sides) => number,
  alpha: number,
  world: { readonly candidate: Values; readonly baseline: Values; readonly rounds: number; readonly perRound: number },
): number {
  let open = new Map<string, { readonly s: number; readonly b: number; readonly chance: number }>([
    ["0/0", { s: 0, b: 0, chance: 1 }],
  ]);
  let exceeded = 0;
  const step = (values: Values, side: "s" | "b", counts: readonly [number, number]): void => {
    const next: typeof open = new Map();
    for (const at of open.values())
      for (const [value, chance] of values) {
        const moved = { ...at, [side]: at[side] + value, chance: at.chance * chance };
        if (test(sides([counts[0], moved.s], [counts[1], moved.b])) >= Math.log(1 / alpha)) exceeded += moved.chance;
        else {
          const key = `${moved.s}/${moved.b}`;
          next.set(key, { ...moved, chance: moved.chance + (next.get(key)?.chance ?? 0) });
        }
      }
    open = next;
  };
  for (let round = 1; round <= world.rounds; round += 1) {
    step(world.candidate, "s", [round, (round - 1) * world.perRound]);
    for (let more = 1; more <= world.perRound; more += 1)
      step(world.baseline, "b", [round, (round - 1) * world.perRound + more]);
  }
  return exceeded;
}

describe("the chance of ever being wrong, whenever one looks", () => {
  const worlds = [
    ...[0.05, 0.4, 0.8].flatMap((p) => [1, 3].map((perRound) => ({ p, spread: yesOrNo, perRound }))),
    { p: 0.2, spread: inParts, perRound: 1 },
  ];
  const ROUNDS = 9;

  it.each(worlds)(
    "is within α for a release as good as before (share $p, $perRound : 1)",
    ({ p, spread, perRound }) => {
      for (const alpha of [0.4, 0.1]) {
        const world = { candidate: spread(p), baseline: spread(p), rounds: ROUNDS, perRound };
        expect(chanceEver((at) => evidenceOfWorse(at, true), alpha, world)).toBeLessThanOrEqual(alpha);
        expect(chanceEver((at) => evidenceOfWorse(at, false), alpha, world)).toBeLessThanOrEqual(alpha);
      }
    },
  );

  it.each(worlds)(
    "is within β for a release worse by the margin (share $p, $perRound : 1)",
    ({ p, spread, perRound }) => {
      for (const isHigherWorse of [true, false])
        for (const [ratio, least] of [
          [0.5, 0.02],
          [1, 0.15],
          [0.1, 0.3],
        ] as const) {
          const margin: ShareMargin = { ratio, least, isHigherWorse };
          const worse = allowedShare(p, margin);
          if (worse < 0 || worse > 1 || (spread === inParts && worse * 1.6 > 1)) continue;
          const world = { candidate: spread(worse), baseline: spread(p), rounds: ROUNDS, perRound };
          for (const beta of [0.4, 0.1])
            expect(chanceEver((at) => evidenceOfGood(at, margin), beta, world)).toBeLessThanOrEqual(beta);
        }
    },
  );

  it("would be far beyond α for a test that is made to be looked at once", () => {
    const onceOnly = ({ candidate: c, baseline: b }: Sides): number => {
      const p = (c.sum + b.sum) / (c.calls + b.calls);
      const z = (c.sum / c.calls - b.sum / b.calls) / Math.sqrt(p * (1 - p) * (1 / c.calls + 1 / b.calls));
      return Number.isFinite(z) && z > 1.645 ? Infinity : 0;
    };
    const world = { candidate: yesOrNo(0.3), baseline: yesOrNo(0.3), rounds: 20, perRound: 1 };
    expect(chanceEver(onceOnly, 0.05, world)).toBeGreaterThan(0.12);
  });
});

describe("evidence", () => {
  const counts = fc
    .tuple(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([calls, share]): readonly [number, number] => [calls, Math.round(calls * share)]);
  const margins = fc.record({
    ratio: fc.double({ min: 0.01, max: 3, noNaN: true }),
    least: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
    isHigherWorse: fc.boolean(),
  });
  const share = fc.double({ min: 0.0001, max: 0.9999, noNaN: true });
  const likelihood = ([calls, sum]: readonly [number, number], p: number): number =>
    (sum === 0 ? 0 : sum * Math.log(p)) + (calls === sum ? 0 : (calls - sum) * Math.log1p(-p));
  const averaged = (calls: number, sum: number): number => logBeta(sum + 0.5, calls - sum + 0.5) - logBeta(0.5, 0.5);

  it("against any pair of shares that is worse by the margin is at least what is claimed against all of them", () => {
    fc.assert(
      fc.property(
        counts,
        counts,
        margins,
        share,
        share,
        fc.boolean(),
        (candidate, baseline, margin, any, q, isAtMargin) => {
          const p = isAtMargin ? allowedShare(q, margin) : any;
          if (p <= 0 || p >= 1) return;
          const isBad = margin.isHigherWorse ? p >= allowedShare(q, margin) : p <= allowedShare(q, margin);
          if (!isBad) return;
          const apart = averaged(...candidate) + averaged(...baseline);
          const together = averaged(candidate[0] + baseline[0], candidate[1] + baseline[1]);
          const most = Math.max(apart, together);
          const mixed = most + Math.log((Math.exp(apart - most) + Math.exp(together - most)) / 2);
          const against = mixed - likelihood(candidate, p) - likelihood(baseline, q);
          const claimed = evidenceOfGood(sides(candidate, baseline), margin);
          if (claimed > 0) expect(claimed).toBeLessThanOrEqual(against + 1e-6);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is the same when yes and no change places", () => {
    fc.assert(
      fc.property(counts, counts, ([n, s], [m, t]) => {
        expect(evidenceOfWorse(sides([n, s], [m, t]), true)).toBeCloseTo(
          evidenceOfWorse(sides([n, n - s], [m, m - t]), false),
          6,
        );
      }),
    );
  });

  it("of worse grows with every bad call of the candidate, once it is the worse one", () => {
    const counted = fc
      .tuple(fc.integer({ min: 2, max: 400 }), fc.integer({ min: 0, max: 999 }))
      .map(([calls, perMille]): readonly [number, number] => [calls, Math.floor((calls * perMille) / 1000)]);
    fc.assert(
      fc.property(counted, counted, (one, other) => {
        const isWorse = one[1] / one[0] > other[1] / other[0];
        const [[n, s], [m, t]] = isWorse ? [one, other] : [other, one];
        const evidence = (bad: number) => evidenceOfWorse(sides([n, bad], [m, t]), true);
        if (s / n > t / m) expect(evidence(s + 1)).toBeGreaterThan(evidence(s) - 1e-9);
      }),
    );
  });

  it("is none without calls, and never a number that is none", () => {
    const small = { ratio: 0.5, least: 0.02, isHigherWorse: true };
    expect(evidenceOfWorse(sides([0, 0], [100, 3]), true)).toBe(0);
    expect(evidenceOfGood(sides([100, 3], [0, 0]), small)).toBe(0);
    fc.assert(
      fc.property(counts, counts, margins, (candidate, baseline, margin) => {
        for (const found of [
          evidenceOfWorse(sides(candidate, baseline), margin.isHigherWorse),
          evidenceOfGood(sides(candidate, baseline), margin),
        ])
          expect(found).not.toBeNaN();
      }),
    );
  });

  it("no dozen calls exclude that a release is half as good, and some hundred do", () => {
    const margin = { ratio: 0.5, least: 0.02, isHigherWorse: false };
    expect(evidenceOfGood(sides([12, 5], [48, 19]), margin)).toBeLessThan(Math.log(10));
    expect(evidenceOfGood(sides([120, 48], [480, 192]), margin)).toBeGreaterThan(Math.log(10));
  });
});

describe("sums of shares within calls", () => {
  it("count for what their spread is worth: once each where calls are all or nothing, more where turns differ within a call", () => {
    const allOrNothing = { calls: 200, sum: 10, squares: 10 };
    expect(dispersionOf({ candidate: allOrNothing, baseline: allOrNothing })).toBeCloseTo(1, 1);
    const halves = { calls: 200, sum: 10, squares: 5 };
    expect(dispersionOf({ candidate: halves, baseline: halves })).toBeLessThan(0.6);
    expect(dispersionOf({ candidate: sums(0, 0), baseline: sums(0, 0) })).toBe(1);
    expect(dispersionOf({ candidate: sums(9, 0), baseline: sums(9, 0) })).toBe(1);
  });
});

it("the gamma function is what it is", () => {
  let factorial = 1;
  for (let n = 1; n < 25; n += 1) {
    expect(Math.exp(logGamma(n)) / factorial).toBeCloseTo(1, 10);
    factorial *= n;
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 10);
  expect(logGamma(1e6)).toBeCloseTo(12_815_504.569147902, 3);
});
