/** One value per call, added up. Addable: the sums of two sets of calls are the sums of both. */
export interface Sums {
  /** Calls that have the value. */
  readonly calls: number;
  readonly sum: number;
  /** Sum of the squared values. */
  readonly squares: number;
}

export const noSums: Sums = { calls: 0, sum: 0, squares: 0 };

/** The sums with one more value. */
export const withValue = ({ calls, sum, squares }: Sums, value: number): Sums => ({
  calls: calls + 1,
  sum: sum + value,
  squares: squares + value * value,
});

export const addedSums = (left: Sums, right: Sums): Sums => ({
  calls: left.calls + right.calls,
  sum: left.sum + right.sum,
  squares: left.squares + right.squares,
});

/** The sums as if a share of the calls had been seen. Less is claimed than was seen, so every test over them keeps its error rates. */
export const scaledSums = ({ calls, sum, squares }: Sums, ratio: number): Sums => ({
  calls: calls * ratio,
  sum: sum * ratio,
  squares: squares * ratio,
});

/** Mean value; null without a call. */
export const meanOf = ({ calls, sum }: Sums): number | null => (calls === 0 ? null : sum / calls);

/** Unbiased variance of the values; 0 with fewer than two calls. */
export function varianceOf({ calls, sum, squares }: Sums): number {
  return calls <= 1 ? 0 : Math.max(0, squares - (sum * sum) / calls) / (calls - 1);
}
