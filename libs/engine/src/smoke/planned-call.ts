import type { CallerStep } from "@tandem/domain/manifest";
import type { SpokenReport, TrialFault } from "@tandem/ports/ingress-probe";

/** A conversation that a release must have well before it is switched to. */
export interface PlannedCall {
  readonly name: string;
  readonly origin: "playbook" | "standard";
  readonly steps: readonly CallerStep[];
  readonly faults: readonly TrialFault[];
  /** Being silent is what the caller does here: a pause of the agent is no failure. */
  readonly isSilent: boolean;
  /** What must hold beside the steps; a sentence for each thing that does not. */
  readonly also: (report: SpokenReport) => readonly string[];
}

/** A call that is not made, with why: told in the report. */
export interface SkippedCall {
  readonly name: string;
  readonly origin: PlannedCall["origin"];
  readonly reduced: string;
  readonly skippedWrites: number;
}

/** What one release's smoke test consists of. */
export interface CallPlan {
  readonly calls: readonly PlannedCall[];
  readonly skipped: readonly SkippedCall[];
}
