import { expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { runSeeds } from "./run-seeds.ts";

it.each(mutants)("$name: the harness sees what it is for", { timeout: 120_000 }, async (mutant) => {
  const { failed } = await runSeeds(1, 2000, { mutant, enough: 3 });
  expect(failed.length).toBe(3);
  const broken = new Set(failed.flatMap(({ violations }) => violations.map(({ invariant }) => invariant as string)));
  expect(
    mutant.breaks.some((invariant) => broken.has(invariant)),
    [...broken].join(", "),
  ).toBe(true);
});
