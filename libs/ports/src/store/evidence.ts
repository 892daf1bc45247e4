import type { BothFigures, SideFigures, Stretch } from "@tandem/domain/evidence";

/** Whose calls are asked for. */
export interface EvidenceQuery {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly candidate: { readonly release: string; readonly stretch: Stretch };
  /** The release before, in stretches that do not overlap; null when there is none. */
  readonly before: { readonly release: string; readonly stretches: readonly Stretch[] } | null;
  /** How much longer than the baseline's the 95th percentile of response latency may be, relative; null when it is not judged. */
  readonly latencyMargin: number | null;
}

/** A rollout's sums for the wave that it belongs to. */
export interface WaveShare {
  readonly tenantId: string;
  readonly rolloutId: string;
  readonly waveId: string;
  readonly figures: BothFigures;
}

/** What calls tell about releases. Only live calls that were answered and had ended within the stretch count; trial calls never do. */
export interface EvidenceStore {
  figures(query: EvidenceQuery): Promise<{ readonly candidate: SideFigures; readonly before: SideFigures | null }>;
  /** Replaces the rollout's sums. They are nobody's audit matter: they follow from its calls. */
  share(share: WaveShare): Promise<void>;
  /**
   * The sums of all rollouts of a wave, of whatever tenant: added up before they leave the store. Null when nobody has shared any. Alarms
   * and percentiles are not among them.
   */
  pooled(waveId: string): Promise<BothFigures | null>;
}
