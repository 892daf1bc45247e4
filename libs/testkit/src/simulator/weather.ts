import type { SeededRng } from "../time/seeded-rng.ts";
import { type FaultRates, hostileFaults, noFaults } from "../vendors/faults.ts";
import { hostileTrouble, noTrouble, type ProcessRates } from "./process.ts";

/** From here on nothing fails any more: what has not ended soon after is stuck. Milliseconds after the start. */
export const CALM_MS = 45_000;

/** A stretch of a run, milliseconds after its start. */
interface Spell {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a run suffers from, and when. Decided by its seed alone. */
export class Weather {
  readonly #nowMs: () => number;
  readonly #isGentle: boolean;
  readonly #vendorsAway: Spell | null;
  readonly #workersAway: Spell | null;
  readonly #revoked: Spell | null;

  /** `nowMs`: milliseconds since the start of the run. */
  constructor(rng: SeededRng, nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#isGentle = rng.chance(0.15);
    this.#vendorsAway = spell(rng, 0.2, 12_000);
    this.#workersAway = spell(rng, 0.15, 15_000);
    this.#revoked = spell(rng, 0.12, 6000);
  }

  get isCalm(): boolean {
    return this.#nowMs() > CALM_MS;
  }

  /** While true no worker lives, and none comes back. */
  get areWorkersAway(): boolean {
    return this.#isIn(this.#workersAway);
  }

  /** While true the vendors refuse the credential of the first tenant. */
  get isRevoked(): boolean {
    return this.#isIn(this.#revoked);
  }

  processes(): ProcessRates {
    if (this.isCalm) return noTrouble;
    if (this.areWorkersAway) return { ...hostileTrouble, killed: 1 };
    return this.#isGentle ? noTrouble : hostileTrouble;
  }

  vendors(): FaultRates {
    if (this.isCalm) return calmVendors;
    return this.#isIn(this.#vendorsAway) ? deadVendors : hostileFaults;
  }

  #isIn(stretch: Spell | null): boolean {
    const nowMs = this.#nowMs();
    return stretch !== null && nowMs >= stretch.fromMs && nowMs < stretch.toMs;
  }
}

const calmVendors: FaultRates = { ...noFaults, listLagMs: hostileFaults.listLagMs };
const deadVendors: FaultRates = { ...noFaults, dropped: 1, listLagMs: hostileFaults.listLagMs };

function spell(rng: SeededRng, probability: number, longestMs: number): Spell | null {
  const fromMs = rng.between(0, 25_000);
  const toMs = fromMs + rng.between(1000, longestMs);
  return rng.chance(probability) ? { fromMs, toMs } : null;
}
