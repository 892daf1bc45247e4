import type { BothFigures, EvidenceLook, SideFigures, Stretch } from "@tandem/domain/evidence";
import type { Instant } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

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

/** A look to be kept. */
export interface KeptLook extends EvidenceLook {
  readonly tenantId: string;
  readonly rolloutId: string;
  /** When nothing has been kept of the rollout for so long before `atMs`, milliseconds; 0 keeps it whatever has been kept. */
  readonly gapMs: number;
}

/** A kept look, as people read it. */
export interface EvidenceLookView extends Pick<EvidenceLook, "watch" | "verdict"> {
  readonly at: Instant;
}

/** Looks of rollouts, within the actor's tenant. */
export interface EvidenceLookReads {
  /** Oldest first; the same when the calls that they rested on are erased. */
  evidenceLooks(actor: Actor, rolloutId: string, page: PageRequest): Promise<Page<EvidenceLookView>>;
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
  /** Keeps a look unless one of the rollout is kept that is younger than its gap; the same look again changes nothing. Nobody's audit matter. */
  keepLook(look: KeptLook): Promise<void>;
}
