import { faultPoints } from "@tandem/engine";
import { expect, it } from "vitest";
import { runSeeds } from "./run-seeds.ts";
import { reproductionOf } from "./simulate.ts";

const COUNT = 1000;

it(`keeps every invariant through ${COUNT} hostile runs`, { timeout: 300_000 }, async () => {
  const report = await runSeeds(1, COUNT);
  expect(report.failed.map(reproductionOf)).toEqual([]);
  expect(report.runs).toBe(COUNT);
  // The runs are hostile indeed: processes died at most boundaries (each one is tried by the crash matrix), and rollouts ended in every way.
  expect(report.deaths).toBeGreaterThan(COUNT / 2);
  expect(report.deathsAt.size).toBeGreaterThan(faultPoints.length / 2);
  const endings = [...report.endings.keys()].join(" ");
  for (const ending of ["succeeded", "abort-asked", "rollback-asked", "bake-breached", "detach-asked"])
    expect(endings).toContain(ending);
});
