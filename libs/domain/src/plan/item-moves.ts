/**
 * Which items have to move so that the rest keeps its order: indexes into `ranks` that are not part of a longest increasing
 * subsequence. `ranks` holds, in the new order, each kept item's old position.
 */
export function movedItems(ranks: readonly number[]): ReadonlySet<number> {
  const moved = new Set<number>();
  if (isIncreasing(ranks)) return moved;
  const kept = longestIncreasing(ranks);
  for (let index = 0; index < ranks.length; index++) if (!kept.has(index)) moved.add(index);
  return moved;
}

function isIncreasing(ranks: readonly number[]): boolean {
  for (let index = 1; index < ranks.length; index++) if (ranks[index]! < ranks[index - 1]!) return false;
  return true;
}

/** Patience sorting: `tails[n]` is the index that ends the best subsequence of length n + 1. */
function longestIncreasing(ranks: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  ranks.forEach((rank, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranks[tails[middle]!]! < rank) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : tails[low - 1]!;
    tails[low] = index;
  });
  const kept = new Set<number>();
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index]!) kept.add(index);
  return kept;
}
