import type { Slot } from "@tandem/domain/slot";

/** The release a dropped caller was on: kept for ten minutes so that ringing back continues there (ruling 39). */
export interface DroppedCall {
  readonly slot: Slot;
  readonly bundleHash: string;
  readonly sessionId: string;
  readonly atMs: number;
}

interface CallerEntry {
  /** UTC day the seconds belong to. */
  day: number;
  seconds: number;
  dropped: DroppedCall | null;
}

export type StoredLedger = readonly (readonly [caller: string, entry: CallerEntry])[];

export const RING_BACK_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
const MOST_CALLERS = 100_000;

/** What this node knows of callers: seconds used today, against toll fraud, and calls that were dropped. */
export class CallerLedger {
  readonly #entries = new Map<string, CallerEntry>();

  /** Counts the time of a call that has ended. */
  addSeconds(deploymentId: string, caller: string, seconds: number, nowMs: number): void {
    this.#entry(deploymentId, caller, nowMs).seconds += seconds;
  }

  secondsToday(deploymentId: string, caller: string, nowMs: number): number {
    const entry = this.#entries.get(keyOf(deploymentId, caller));
    return entry === undefined || entry.day !== dayOf(nowMs) ? 0 : entry.seconds;
  }

  noteDropped(deploymentId: string, caller: string, dropped: DroppedCall): void {
    this.#entry(deploymentId, caller, dropped.atMs).dropped = dropped;
  }

  /** The dropped call that a caller rings back about; null when there was none within ten minutes. */
  droppedWithin(deploymentId: string, caller: string, nowMs: number): DroppedCall | null {
    const dropped = this.#entries.get(keyOf(deploymentId, caller))?.dropped ?? null;
    return dropped !== null && nowMs - dropped.atMs <= RING_BACK_MS ? dropped : null;
  }

  store(): StoredLedger {
    return [...this.#entries];
  }

  restore(stored: StoredLedger): void {
    for (const [key, entry] of stored) this.#entries.set(key, entry);
  }

  #entry(deploymentId: string, caller: string, nowMs: number): CallerEntry {
    const key = keyOf(deploymentId, caller);
    const present = this.#entries.get(key);
    const day = dayOf(nowMs);
    const entry = present?.day === day ? present : { day, seconds: 0, dropped: present?.dropped ?? null };
    this.#entries.delete(key);
    if (this.#entries.size >= MOST_CALLERS) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(key, entry);
    return entry;
  }
}

const keyOf = (deploymentId: string, caller: string): string => `${deploymentId}/${caller}`;
const dayOf = (epochMs: number): number => Math.floor(epochMs / DAY_MS);
