/** What a run counts and measures. */
export interface Measures {
  /** Milliseconds from a worker's death to another one's first write on a deployment that it held. */
  readonly takeoverMs: number[];
  /** Milliseconds from the click on rollback to its being seen by every healthy media node. */
  readonly visibleMs: number[];
  /** Milliseconds until the API had acknowledged a rollback; and of those pressed while a worker stood still. */
  readonly acknowledgedMs: number[];
  readonly whilePausedMs: number[];
  /** Writes that the API answered with 2xx. */
  readonly writes: AcknowledgedWrite[];
  readonly nemesis: Map<string, number>;
  /** Calls by where they came to. */
  readonly calls: { agent: number; person: number; nobody: number };
  /** What broke while the run went on. */
  readonly violations: string[];
}

/** A write whose answer was 2xx, by what must be found at the end. */
export type AcknowledgedWrite =
  | { readonly what: "rollout"; readonly tenantId: string; readonly id: string }
  | { readonly what: "rollback"; readonly tenantId: string; readonly generation: number }
  | { readonly what: "configuration"; readonly tenantId: string; readonly version: number };

export const newMeasures = (): Measures => ({
  takeoverMs: [],
  visibleMs: [],
  acknowledgedMs: [],
  whilePausedMs: [],
  writes: [],
  nemesis: new Map(),
  calls: { agent: 0, person: 0, nobody: 0 },
  violations: [],
});

/** The value below which this share of the values lies; null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
}
