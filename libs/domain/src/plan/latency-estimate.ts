import type { ProviderKind } from "../manifest/index.ts";
import type { ReleaseBundle } from "../release/index.ts";
import type { Finding } from "./change.ts";

/** How fast one provider of a chain answered when preflight asked it with the release's own settings. */
export interface ProviderTiming {
  readonly kind: ProviderKind;
  /** 0: the first choice. */
  readonly position: number;
  readonly provider: string;
  readonly model: string;
  /** First answer including the connection, milliseconds. */
  readonly firstMs: number;
  /** First useful output on a connection that stands, milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** How many answers the percentiles are made of. */
  readonly samples: number;
}

/** An estimate of one duration, milliseconds. */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What a release can be expected to need for a turn, from what its providers needed a moment ago. */
export interface LatencyEstimate {
  /** Each provider that was measured; chains in order, first choice first. */
  readonly providers: readonly ProviderTiming[];
  /**
   * End of caller speech → first agent audio heard, of the first choices; null where we do not speak ourselves or a first choice was not
   * measured. The p95 is the sum of the parts' p95: the true one is lower.
   */
  readonly endToEnd: {
    readonly speculative: Percentiles;
    readonly plain: Percentiles;
    /** What the release promises, p95. */
    readonly targetMs: number;
    /** Whether answers are begun before the turn has ended: which of the two callers will meet. */
    readonly isSpeculative: boolean;
  } | null;
}

/** Silence after which a complete sentence has ended (ruling 42), milliseconds. */
export const COMPLETE_SENTENCE_MS = 180;

const order: readonly ProviderKind[] = ["stt", "llm", "tts"];

/** Null when preflight measured nothing. */
export function latencyEstimate(
  findings: readonly Pick<Finding, "timings">[],
  bundle: ReleaseBundle,
): LatencyEstimate | null {
  const providers = findings
    .flatMap(({ timings }) => timings ?? [])
    .toSorted((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind) || left.position - right.position);
  return providers.length === 0 ? null : { providers, endToEnd: endToEnd(providers, bundle) };
}

function endToEnd(
  providers: readonly ProviderTiming[],
  { agent, latency }: ReleaseBundle,
): LatencyEstimate["endToEnd"] {
  const first = (kind: ProviderKind): ProviderTiming | undefined =>
    providers.find((timing) => timing.kind === kind && timing.position === 0);
  const [stt, llm, tts] = [first("stt"), first("llm"), first("tts")];
  if (agent.kind !== "tandem" || stt === undefined || llm === undefined || tts === undefined) return null;
  const both = (sum: (of: (timing: ProviderTiming) => number) => number): Percentiles => ({
    p50Ms: Math.round(sum(({ p50Ms }) => p50Ms)),
    p95Ms: Math.round(sum(({ p95Ms }) => p95Ms)),
  });
  return {
    speculative: both((of) => latency.networkMs + Math.max(COMPLETE_SENTENCE_MS, of(stt) + of(llm) + of(tts))),
    plain: both((of) => latency.networkMs + Math.max(COMPLETE_SENTENCE_MS, of(stt)) + of(llm) + of(tts)),
    targetMs: latency.endToEndMs,
    isSpeculative: agent.isSpeculative !== false,
  };
}

/** The percentile of a list that is not empty, between neighbours in proportion. `share` is 0–1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (sorted.length - 1) * share;
  const [below = 0, above = below] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}
