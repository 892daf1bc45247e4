import type { Clock } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";

/** What asking a provider a few times gave. `firstMs` includes the connection; `laterMs` does not. Milliseconds. */
export type ProbeOutcome =
  | { readonly answered: true; readonly firstMs: number; readonly laterMs: readonly number[] }
  | { readonly answered: false; readonly failure: ProviderFailure };

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

/** After this time no further sample is begun. */
const ENOUGH_AFTER_MS = 4500;

/** How often a provider is asked after its first answer, and how many times at once. */
export interface Sampling {
  readonly clock: Clock;
  readonly samples: number;
  readonly lanes: number;
}

/**
 * Asks once, and then again in lanes; `ask` resolves with the milliseconds that one answer took. Never throws for what a provider does: a
 * failure after the first answer ends its lane and is told only where time does not heal it.
 */
export async function probed(sampling: Sampling, ask: (sample: number) => Promise<number>): Promise<ProbeOutcome> {
  const startedMs = sampling.clock.monotonicMs();
  try {
    const firstMs = await ask(0);
    const later = await askInLanes(sampling, startedMs, ask);
    return later.failure !== null && LASTING.has(later.failure.fault)
      ? { answered: false, failure: later.failure }
      : { answered: true, firstMs, laterMs: later.laterMs };
  } catch (error) {
    if (error instanceof ProbeFailed) return { answered: false, failure: error.failure };
    throw error;
  }
}

async function askInLanes(
  { clock, samples, lanes }: Sampling,
  startedMs: number,
  ask: (sample: number) => Promise<number>,
): Promise<{ readonly laterMs: readonly number[]; readonly failure: ProviderFailure | null }> {
  const laterMs: number[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < samples && clock.monotonicMs() - startedMs < ENOUGH_AFTER_MS) laterMs.push(await ask(++begun));
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const reasons = ended.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  const defect = reasons.find((reason) => !(reason instanceof ProbeFailed));
  if (defect !== undefined) throw defect;
  return { laterMs, failure: (reasons[0] as ProbeFailed | undefined)?.failure ?? null };
}

/** Faults that time does not heal: the release or the account must change. */
export const LASTING: ReadonlySet<ProviderFailure["fault"]> = new Set<ProviderFailure["fault"]>([
  "unauthorized",
  "forbidden",
  "not-found",
  "invalid",
  "payment",
  "contract",
]);

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
