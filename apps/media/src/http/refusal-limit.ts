/** Counts refused requests by address, so that a guessing client costs little. Requests that verify are never counted: carriers share addresses. */
export interface RefusalLimit {
  /** Counts one refusal; true while the address is still within its limit. */
  count(address: string): boolean;
  /** True while an address is beyond its limit. */
  isOver(address: string): boolean;
  /** Refusals since start. */
  readonly total: number;
}

const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

export function makeRefusalLimit(mostPerMinute: number, now: () => number = Date.now): RefusalLimit {
  const counts = new Map<string, number>();
  let windowEndsAt = 0;
  let total = 0;
  return {
    get total() {
      return total;
    },
    isOver: (address) => now() < windowEndsAt && (counts.get(address) ?? 0) > mostPerMinute,
    count(address) {
      total += 1;
      if (now() >= windowEndsAt || counts.size >= MOST_ADDRESSES) {
        counts.clear();
        windowEndsAt = now() + WINDOW_MS;
      }
      const count = (counts.get(address) ?? 0) + 1;
      counts.set(address, count);
      return count <= mostPerMinute;
    },
  };
}
