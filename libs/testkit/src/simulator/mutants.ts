import type { StoreGuards } from "../store/memory-database.ts";
import type { VendorQuirks } from "../vendors/memory-vendors.ts";

/** A run with one mechanism taken away: proves that the harness sees what the mechanism is for. */
export interface Mutant {
  readonly name: string;
  readonly guards?: Partial<StoreGuards>;
  readonly vendors?: VendorQuirks;
  /** Invariants of which at least one must break within the seeds tried. */
  readonly breaks: readonly string[];
}

/** Long enough before any settle time that no waiting is left. */
const NO_SETTLE_MS = -1_000_000;

export const mutants: readonly Mutant[] = [
  { name: "no settle wait before looking up", vendors: { settleMs: NO_SETTLE_MS }, breaks: ["I3"] },
  { name: "no lookup on resume", vendors: { isBlind: true }, breaks: ["I3"] },
  { name: "intents do not outlive the process", guards: { keepsIntents: false }, breaks: ["I3"] },
  { name: "no fence", guards: { isFenced: false }, breaks: ["I1", "I3", "I4", "I5"] },
  {
    name: "no fence and no exclusive lease",
    guards: { isFenced: false, isExclusive: false },
    breaks: ["I1", "I3", "I4", "I5"],
  },
];
