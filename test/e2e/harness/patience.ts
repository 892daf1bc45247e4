import { setTimeout as sleep } from "node:timers/promises";

/** Looks again until `look` answers something other than undefined; fails with `what` and the last error after the time. */
export async function eventually<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  withinMs = 15_000,
  pauseMs = 120,
): Promise<Found> {
  const giveUpAt = performance.now() + withinMs;
  let last: unknown;
  do {
    try {
      const found = await look();
      if (found !== undefined) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(pauseMs);
  } while (performance.now() < giveUpAt);
  throw new Error(`not within ${withinMs / 1000} s: ${what}${last instanceof Error ? ` (${last.message})` : ""}`, {
    cause: last,
  });
}
