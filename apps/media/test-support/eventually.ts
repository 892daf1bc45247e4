import { vi } from "vitest";

/** Waits until the assertion holds: as long as a busy machine with a slow disk may need. */
export const eventually = <Result>(assertion: () => Result | Promise<Result>, timeout = 15_000): Promise<Result> =>
  vi.waitFor(assertion, { timeout, interval: 20 });
