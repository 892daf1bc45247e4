import { VendorError } from "@tandem/kernel";
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
  /** Whether the vendor knows the credential; it does when absent. */
  readonly isAuthorized?: () => boolean;
  /** What the vendor's library puts into the errors it throws: things that must go no further. */
  readonly indiscretion?: string;
}

/** What is asked of a vendor. */
interface Ask {
  readonly name: string;
  readonly isWrite: boolean;
}

/** One call over the line. `effect` is what the vendor does when it processes the call. Errors: `VendorError`. */
export async function call<Answer>(line: Line, operation: Ask, effect: () => Answer): Promise<Answer> {
  const { rng, deadlineMs } = line;
  const rates = line.faults();
  const fate = fateOf(rng, rates, operation.isWrite);
  const wayMs = rng.between(5, 120);
  const cause = () => (line.indiscretion === undefined ? undefined : new Error(line.indiscretion));
  if (fate === "throttled" || line.isAuthorized?.() === false) {
    await line.sleep(wayMs);
    throw fate === "throttled" ? errorOf(fate, operation, cause()) : unauthorized(operation, cause());
  }
  if (fate === "dropped") {
    await line.sleep(deadlineMs);
    throw errorOf(fate, operation, cause());
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
    throw errorOf(fate, operation, cause());
  }
  await line.sleep(fate === "slow" ? deadlineMs - 1 : wayMs + rng.between(5, 60));
  if (fate === "error-after-effect" || fate === "truncated") throw errorOf(fate, operation, cause());
  if (processed.refusal !== undefined) throw processed.refusal as Error;
  return processed.answer as Answer;
}

const unauthorized = (operation: Ask, cause: Error | undefined): VendorError =>
  new VendorError(
    "unknown credential",
    { vendor: "memory", operation: operation.name, fault: "unauthorized", effect: "none", status: 401 },
    cause,
  );
