import { expect, it } from "vitest";
import { strategyOf } from "./canary-steps.ts";

it("reads canary steps as shares and times", () => {
  expect(strategyOf({ canary: "5%:10m, 12.5%:90s,50:1h" })).toEqual({
    strategy: {
      kind: "canary",
      steps: [
        { weightBp: 500, watchMs: 600_000 },
        { weightBp: 1250, watchMs: 90_000 },
        { weightBp: 5000, watchMs: 3_600_000 },
      ],
    },
  });
  expect(strategyOf({ strategy: "blue-green" })).toEqual({ strategy: { kind: "blue-green" } });
  expect(strategyOf({ strategy: "canary" })).toMatchObject({ strategy: { kind: "canary" } });
  expect(strategyOf({})).toEqual({});
});

it.each(["5%", "0%:1m", "100%:1m", "5%:10", "x:1m", ""])("refuses %s with an example", (canary) => {
  expect(() => strategyOf({ canary })).toThrow(/5%:10m/);
});

it("refuses steps without a canary", () => {
  expect(() => strategyOf({ strategy: "blue-green", canary: "5%:1m" })).toThrow(/canary/);
});
