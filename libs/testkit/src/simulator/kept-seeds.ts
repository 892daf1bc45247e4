import { readFileSync, writeFileSync } from "node:fs";
import type { SimulationResult } from "./simulate.ts";

/** A seed that once broke an invariant: tried first in every run, for ever. */
export interface KeptSeed {
  readonly seed: number;
  /** Day, `YYYY-MM-DD`. */
  readonly when: string;
  readonly broke: string;
}

const FILE = new URL("kept-seeds.json", import.meta.url);

/** All of them, oldest first. */
export const keptSeeds = (): readonly KeptSeed[] => JSON.parse(readFileSync(FILE, "utf8")) as KeptSeed[];

/** Keeps the seeds of failing runs that are not kept yet. `when`: today, `YYYY-MM-DD`. */
export function keepSeeds(failed: readonly Pick<SimulationResult, "seed" | "violations">[], when: string): void {
  const kept = keptSeeds();
  const known = new Set(kept.map(({ seed }) => seed));
  const added = failed
    .filter(({ seed }) => !known.has(seed))
    .map(({ seed, violations: [first] }) => ({ seed, when, broke: `${first?.invariant} ${first?.detail}` }));
  if (added.length > 0) writeFileSync(FILE, `${JSON.stringify([...kept, ...added], null, 2)}\n`);
}
