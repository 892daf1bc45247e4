import { faultPoints } from "@tandem/engine";
import { expect, it } from "vitest";
import { keptSeeds } from "./kept-seeds.ts";
import { reproductionOf, runSeeds, seedsFrom } from "./run-seeds.ts";

const COUNT = 200;

it(`keeps every invariant through ${COUNT} hostile runs and all kept ones`, { timeout: 300_000 }, async () => {
  const seeds = [...keptSeeds().map(({ seed }) => seed), ...seedsFrom(1, COUNT)];
  const report = await runSeeds(seeds);
  expect(report.failed.map(reproductionOf)).toEqual([]);
  expect(report.runs).toBe(seeds.length);
  // The runs are hostile indeed: processes died at most boundaries (each one is tried by the crash matrix), and rollouts ended in every way.
  expect(report.deathsAt.size).toBeGreaterThan(faultPoints.length / 2);
  const endings = [...report.endings.keys()].join(" ");
  for (const ending of ["succeeded", "abort-asked", "rollback-asked", "bake-breached"])
    expect(endings).toContain(ending);
  expect(report.calls).toBeGreaterThan(COUNT);
});
