import type { Finding } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot } from "@tandem/domain/slot";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { Observer } from "../observe/observer.ts";
import type { CanaryJournal } from "./canary-journal.ts";

/** What every check sees. `broken` holds connections whose credential does not work: asking them again would only repeat it. */
export interface PreflightFacts {
  readonly observer: Observer;
  readonly view: RolloutView;
  readonly bundle: ReleaseBundle;
  readonly target: Slot;
  readonly broken: Set<string>;
  /** How long callers will be on the new release before the rollout ends, milliseconds; 0 where no rollout is under way. */
  readonly watchedMs: number;
  /** Where test objects are noted before they are made; null where nothing may be written (a plan). */
  readonly canaries: CanaryJournal | null;
}

/** One check: apart from noted test objects it reads only, and tells what it found. Never throws for what a vendor does. */
export type Check = (facts: PreflightFacts) => Promise<readonly Finding[]>;
