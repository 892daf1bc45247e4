import type { Clock } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";

/** What asking a provider a few times gave. `firstMs` includes the connection; `laterMs` does not. Milliseconds. */
export type ProbeOutcome =
  | { readonly answered: true; readonly firstMs: number; readonly laterMs: readonly number[] }
  | { readonly answered: false; readonly failure: ProviderFailure };

/** Answers after the first one: enough to tell fast from slow, few enough to cost next to nothing. */
export const LATER_SAMPLES = 3;

/** A provider that has not answered by then is silent, milliseconds. */
export const SILENT_AFTER_MS = 5000;

/** Why a probe ended without an answer. */
export class ProbeFailed extends Error {
  readonly failure: ProviderFailure;

  constructor(failure: ProviderFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** After this time no further sample is begun: all of them together stay below the deadline of one vendor call. */
const ENOUGH_AFTER_MS = 2500;

/** Asks once and again; `ask` resolves with the milliseconds that one answer took. Never throws for what a provider does. */
export async function probed(clock: Clock, ask: (sample: number) => Promise<number>): Promise<ProbeOutcome> {
  const startedMs = clock.monotonicMs();
  try {
    const firstMs = await ask(0);
    const laterMs: number[] = [];
    for (let sample = 1; sample <= LATER_SAMPLES && clock.monotonicMs() - startedMs < ENOUGH_AFTER_MS; sample++)
      laterMs.push(await ask(sample));
    return { answered: true, firstMs, laterMs };
  } catch (error) {
    if (error instanceof ProbeFailed) return { answered: false, failure: error.failure };
    throw error;
  }
}

/** Settles with the first call of `resolve` or `reject`; a provider that calls neither in time is silent. */
export function answer<Value>(
  clock: Clock,
  begin: (resolve: (value: Value) => void, reject: (failure: ProviderFailure) => void) => void,
): Promise<Value> {
  const waiting = new AbortController();
  return new Promise<Value>((resolve, reject) => {
    const settle = (act: () => void): void => {
      if (waiting.signal.aborted) return;
      waiting.abort();
      act();
    };
    clock.sleep(SILENT_AFTER_MS, waiting.signal).then(
      () => settle(() => reject(new ProbeFailed(silence))),
      () => undefined, // answered in time
    );
    begin(
      (value) => settle(() => resolve(value)),
      (failure) => settle(() => reject(new ProbeFailed(failure))),
    );
  });
}

const silence: ProviderFailure = {
  fault: "unavailable",
  message: `connected or not, nothing useful came within ${SILENT_AFTER_MS} ms`,
  retryAfterMs: null,
};
