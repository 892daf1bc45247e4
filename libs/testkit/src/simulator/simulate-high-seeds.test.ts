import { expect, it } from "vitest";
import { runSeeds } from "./run-seeds.ts";
import { reproductionOf } from "./simulate.ts";

const FROM = 1_000_001;
const COUNT = 1000;

it(`keeps every invariant through ${COUNT} more hostile runs`, { timeout: 300_000 }, async () => {
  const report = await runSeeds(FROM, COUNT);
  expect(report.failed.map(reproductionOf)).toEqual([]);
  expect(report.runs).toBe(COUNT);
});

it("gives the same run for the same seed", async () => {
  const [first, second] = [await runSeeds(7, 1), await runSeeds(7, 1)];
  expect([...second.deathsAt]).toEqual([...first.deathsAt]);
  expect([...second.endings]).toEqual([...first.endings]);
});
