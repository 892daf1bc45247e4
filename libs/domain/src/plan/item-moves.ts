/**
 * Which items have to move so that the rest keeps its order: indexes into `ranks` that are not part of a longest increasing
 * subsequence. `ranks` holds, in the new order, each kept item's old position.
 */
export function movedItems(ranks: readonly number[]): ReadonlySet<number> {
  if (ranks.every((rank, index) => index === 0 || rank > (ranks[index - 1] as number))) return new Set();
  const kept = longestIncreasing(ranks);
  return new Set([...ranks.keys()].filter((index) => !kept.has(index)));
}

/** Patience sorting: `tails[n]` is the index that ends the best subsequence of length n + 1. */
function longestIncreasing(ranks: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  ranks.forEach((rank, index) => {
    const place = firstTailAtLeast(tails, ranks, rank);
    previous[index] = tails[place - 1] ?? -1;
    tails[place] = index;
  });
  const kept = new Set<number>();
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] as number) kept.add(index);
  return kept;
}

function firstTailAtLeast(tails: readonly number[], ranks: readonly number[], rank: number): number {
  let low = 0;
  let high = tails.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranks[tails[middle] as number] as number) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}
