import {
  addedFigures,
  type CallFacts,
  figuresOf,
  noFigures,
  type SideFigures,
  type SlowLimits,
  type Sums,
} from "@tandem/domain/evidence";

/** Figures that calls are added to one by one, as `figuresOf` would make them from all of them, in less time. */
export class GrowingFigures {
  #base: SideFigures = noFigures;
  readonly #responses: (readonly number[])[] = [];
  readonly #sorted: number[] = [];

  add(call: CallFacts): void {
    this.#base = addedFigures(this.#base, figuresOf([call], null));
    if (call.responseMs.length > 0) this.#responses.push(call.responseMs);
    for (const ms of call.responseMs) this.#sorted.splice(placeOf(this.#sorted, ms), 0, ms);
  }

  get calls(): number {
    return this.#base.calls;
  }

  get p95Ms(): number | null {
    if (this.#sorted.length === 0) return null;
    const place = 0.95 * (this.#sorted.length - 1);
    const below = this.#sorted[Math.floor(place)] ?? 0;
    return below + ((this.#sorted[Math.ceil(place)] ?? below) - below) * (place % 1);
  }

  figures(limits: SlowLimits | null): SideFigures {
    const response = {
      ...this.#base.response,
      p95Ms: this.p95Ms,
      ...(limits !== null && {
        slow: this.#share((ms) => ms > limits.slowMs),
        slower: this.#share((ms) => ms >= limits.slowerMs),
      }),
    };
    return { ...this.#base, response };
  }

  #share(isSo: (ms: number) => boolean): Sums {
    let [sum, squares] = [0, 0];
    for (const turns of this.#responses) {
      let over = 0;
      for (const ms of turns) if (isSo(ms)) over += 1;
      sum += over / turns.length;
      squares += (over / turns.length) ** 2;
    }
    return { calls: this.#responses.length, sum, squares };
  }
}

/** Where a value belongs in an ascending list. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
