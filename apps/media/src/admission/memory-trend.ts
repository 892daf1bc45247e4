const SPACING_MS = 10_000;
const KEPT = 60;
/** Fewer tell no trend: a node that has just started grows. */
const FEWEST = 12;

/** Foresees where memory will be, from its samples of the last ten minutes. */
export class MemoryTrend {
  readonly #samples: { readonly atMs: number; readonly ratio: number }[] = [];

  add(atMs: number, ratio: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < SPACING_MS) return;
    this.#samples.push({ atMs, ratio });
    if (this.#samples.length > KEPT) this.#samples.shift();
  }

  /** Share of memory in use after another `aheadMs` if it goes on like this; null while there is no trend to tell. */
  foresee(aheadMs: number): number | null {
    const samples = this.#samples;
    const last = samples.at(-1);
    if (last === undefined || samples.length < FEWEST) return null;
    const meanAt = mean(samples.map(({ atMs }) => atMs));
    const meanRatio = mean(samples.map(({ ratio }) => ratio));
    const spread = samples.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0);
    const together = samples.reduce((sum, { atMs, ratio }) => sum + (atMs - meanAt) * (ratio - meanRatio), 0);
    return meanRatio + (together / spread) * (last.atMs + aheadMs - meanAt);
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
