/** The middle value; of an even number the lower middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which the share `part` lies (nearest rank). */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? Number.NaN;
}

/** One thing that is measured: `run` answers a figure. */
export interface Contestant {
  readonly name: string;
  run(): Promise<number>;
}

/** Runs all in turn, `rounds` times, after one round that does not count; answers the figures by name. */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Record<string, number[]>> {
  const figures: Record<string, number[]> = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const contestant of contestants) {
      const figure = await contestant.run();
      if (round >= 0) figures[contestant.name]?.push(figure);
    }
  }
  return figures;
}

/** A bar and whether it is met, as one line. */
export const bar = (what: string, value: number, comparison: "≥" | "≤", limit: number, unit = "×"): string => {
  const isMet = comparison === "≥" ? value >= limit : value <= limit;
  return `${isMet ? "met   " : "MISSED"}  ${what}: ${value.toFixed(2)} ${unit} (${comparison} ${limit} ${unit})`;
};

/** The last line of every benchmark: what it measured, for machines. */
export const report = (name: string, figures: Readonly<Record<string, number | boolean | string>>): void =>
  console.log(JSON.stringify({ bench: name, ...figures }));
