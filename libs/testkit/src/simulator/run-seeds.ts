import { hookFaultPoints } from "./process.ts";
import { simulate, type SimulationResult } from "./simulate.ts";

/** What a number of runs came to. */
export interface SeedsReport {
  readonly runs: number;
  readonly failed: readonly Omit<SimulationResult, "history">[];
  /** How often each fault point killed a process. */
  readonly deathsAt: ReadonlyMap<string, number>;
  /** How often rollouts ended in each way. */
  readonly endings: ReadonlyMap<string, number>;
  /** Calls answered. */
  readonly calls: number;
}

/** Runs seeds one after the other; stops early after `enough` failures. `onRun` is told of each run. */
export async function runSeeds(
  seeds: Iterable<number>,
  options: { readonly enough?: number; readonly onRun?: (result: SimulationResult) => void } = {},
): Promise<SeedsReport> {
  const unhook = hookFaultPoints();
  const failed: Omit<SimulationResult, "history">[] = [];
  const deathsAt = new Map<string, number>();
  const endings = new Map<string, number>();
  let runs = 0;
  let calls = 0;
  try {
    for (const seed of seeds) {
      const { history, ...result } = await simulate(seed);
      options.onRun?.({ ...result, history });
      runs += 1;
      for (const point of result.deaths) deathsAt.set(point, (deathsAt.get(point) ?? 0) + 1);
      for (const ending of result.endings) endings.set(ending, (endings.get(ending) ?? 0) + 1);
      calls += history.reduce((sum, { kind }) => (kind === "answered" ? sum + 1 : sum), 0);
      if (result.violations.length > 0) failed.push(result);
      if (failed.length >= (options.enough ?? Number.POSITIVE_INFINITY)) break;
    }
  } finally {
    unhook();
  }
  return { runs, failed, deathsAt, endings, calls };
}

/** Consecutive seeds. */
export const seedsFrom = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

/** One line that repeats a failing run. */
export const reproductionOf = ({ seed, violations }: Pick<SimulationResult, "seed" | "violations">): string =>
  `seed ${seed}: ${violations.map(({ invariant, detail }) => `${invariant} ${detail}`).join("; ")} — repeat with: npm run sim -- --seed ${seed} --trace`;
