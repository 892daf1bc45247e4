import { z } from "zod";

const Micros = z.int().min(1).max(1_000_000_000_000);

/** What a release may cost at the most, micros of a US dollar (1,000,000 = 1 USD). A member that is null caps nothing. */
export const CostCap = z.strictObject({
  /** For a call of the size that cost estimates are made for. */
  perCallMicros: Micros.nullable(),
  /** For a month of one deployment, with so many calls expected. */
  perMonth: z.strictObject({ micros: Micros, calls: z.int().min(1).max(100_000_000) }).nullable(),
});
export type CostCap = z.infer<typeof CostCap>;

/** One way in which an estimate is over a cap. */
export interface CapExcess {
  readonly per: "call" | "month";
  readonly capMicros: number;
  readonly estimateMicros: number;
  /** Calls expected in the month; 1 for a call. */
  readonly calls: number;
}

/** Where an estimate of one call is over the cap; empty when it is within. */
export function excessOf(cap: CostCap, perCallMicros: number): readonly CapExcess[] {
  const call = {
    per: "call",
    capMicros: cap.perCallMicros ?? Infinity,
    estimateMicros: perCallMicros,
    calls: 1,
  } as const;
  const calls = cap.perMonth?.calls ?? 0;
  const month = {
    per: "month",
    capMicros: cap.perMonth?.micros ?? Infinity,
    estimateMicros: perCallMicros * calls,
    calls,
  } as const;
  return [call, month].filter(({ capMicros, estimateMicros }) => estimateMicros > capMicros);
}
