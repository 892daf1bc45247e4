import { counted } from "@tandem/kernel";
/** What a call of a release can be expected to cost, at list prices, for a call of stated size. */
export interface CostEstimate {
  /** Micros of a US dollar (1,000,000 = 1 USD) for the whole call, of what has a price. */
  readonly perCallMicros: number;
  /** The call that it is for. */
  readonly call: { readonly minutes: number; readonly turns: number };
  /** What has no known price and is not in it, e.g. `tts acme/voice-1`. */
  readonly unknown: readonly string[];
  /** What it is made of, the dearest first; only what has a price. */
  readonly parts?: readonly { readonly what: string; readonly micros: number }[];
}

/** `0.123 USD`, with two places from one dollar on. */
export const dollars = (micros: number): string => `${(micros / 1_000_000).toFixed(micros < 1_000_000 ? 3 : 2)} USD`;

/** `about 0.12 USD for a call of 3 minutes`; what is missing from it is named. */
export function costProse({ perCallMicros, call, unknown }: CostEstimate): string {
  const missing = unknown.length === 0 ? "" : `, without ${unknown.join(", ")}`;
  return `about ${dollars(perCallMicros)} for a call of ${counted(call.minutes, "minute")} and ${counted(call.turns, "turn")}, at list prices${missing}`;
}
