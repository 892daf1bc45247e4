import { hookFaultPoints } from "./process.ts";
import type { Mutant } from "./mutants.ts";
import { simulate, type SimulationResult } from "./simulate.ts";

/** What a number of runs came to. */
export interface SeedsReport {
  readonly runs: number;
  readonly failed: readonly SimulationResult[];
  readonly deaths: number;
  /** How often each fault point killed a process. */
  readonly deathsAt: ReadonlyMap<string, number>;
  /** How often rollouts ended in each phase. */
  readonly endings: ReadonlyMap<string, number>;
}

/** Runs seeds `from` … `from + count - 1`, one after the other; stops early after `enough` failures. */
export async function runSeeds(
  from: number,
  count: number,
  options: { readonly mutant?: Mutant; readonly enough?: number } = {},
): Promise<SeedsReport> {
  const unhook = hookFaultPoints();
  const failed: SimulationResult[] = [];
  const deathsAt = new Map<string, number>();
  const endings = new Map<string, number>();
  let runs = 0;
  try {
    for (
      let seed = from;
      seed < from + count && failed.length < (options.enough ?? Number.POSITIVE_INFINITY);
      seed += 1
    ) {
      const result = await simulate(seed, options.mutant);
      runs += 1;
      if (result.violations.length > 0) failed.push(result);
      for (const point of result.deaths) deathsAt.set(point, (deathsAt.get(point) ?? 0) + 1);
      for (const phase of result.phases) endings.set(phase, (endings.get(phase) ?? 0) + 1);
    }
  } finally {
    unhook();
  }
  return { runs, failed, deaths: [...deathsAt.values()].reduce((sum, deaths) => sum + deaths, 0), deathsAt, endings };
}
