import type { SeededRng } from "../time/seeded-rng.ts";
import { errorOf, type FaultRates, fateOf } from "./faults.ts";

/** The way between a worker and a vendor: takes time, and loses things as the rates say. */
export interface Line {
  readonly rng: SeededRng;
  readonly faults: () => FaultRates;
  /** Sleeps as the worker sees it: never returns in a process that has died. */
  readonly sleep: (delayMs: number) => Promise<void>;
  /** Runs something later at the vendor, whether the worker lives or not. */
  readonly later: (delayMs: number, effect: () => void) => void;
  /** Total deadline of one call. */
  readonly deadlineMs: number;
}

/** One call over the line. `effect` is what the vendor does when it processes the call. Errors: `VendorError`. */
export async function call<Answer>(
  line: Line,
  operation: { readonly name: string; readonly isWrite: boolean },
  effect: () => Answer,
): Promise<Answer> {
  const { rng, deadlineMs } = line;
  const rates = line.faults();
  const fate = fateOf(rng, rates, operation.isWrite);
  const wayMs = rng.between(5, 120);
  if (fate === "throttled") {
    await line.sleep(wayMs);
    throw errorOf(fate, operation.name, operation.isWrite);
  }
  if (fate === "dropped") {
    await line.sleep(deadlineMs);
    throw errorOf(fate, operation.name, operation.isWrite);
  }
  const processed: { answer?: Answer; refusal?: unknown } = {};
  line.later(fate === "late" ? deadlineMs + rng.between(0, rates.lateMs) : wayMs, () => {
    try {
      processed.answer = effect();
    } catch (error) {
      processed.refusal = error;
    }
  });
  if (fate === "late" || fate === "lost-response") {
    await line.sleep(deadlineMs);
    throw errorOf(fate, operation.name, operation.isWrite);
  }
  await line.sleep(wayMs + rng.between(5, 60));
  if (fate === "error-after-effect") throw errorOf(fate, operation.name, operation.isWrite);
  if (processed.refusal !== undefined) throw processed.refusal as Error;
  return processed.answer as Answer;
}
