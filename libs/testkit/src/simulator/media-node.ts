import type { Slot } from "@tandem/domain/slot";
import type { MemoryDatabase } from "../store/memory-database.ts";
import type { VirtualClock } from "../time/virtual-clock.ts";

type Needs = readonly { readonly externalId: string; readonly isSlotOwned: boolean }[];

/** What a node knows of a deployment and serves until it learns better. */
export interface Known {
  readonly tenantId: string;
  readonly generation: number;
  readonly active: Slot | "none";
  readonly candidate: Slot | null;
  readonly weightBp: number;
  readonly mode: "live" | "diverted";
  readonly releases: Readonly<Record<Slot, { readonly bundleHash: string; readonly needs: Needs } | null>>;
}

/** Pause between two looks at all pointers, as of the media service. */
const POLL_MS = 1000;

/** Longest time that a poll takes. */
const ANSWER_MS = 30;

/** How long calls that nobody could be told of wait in a node's spool once it is heard again, and until all of them are counted. */
const DELIVERY_MS = 2000;
const COUNTED_MS = 150;

/** A node that answers calls: follows the pointers by notices, which may get lost, and by polling; goes on with what it knows last. */
export class MediaNode {
  readonly name: string;
  readonly known = new Map<string, Known>();
  readonly #database: MemoryDatabase;
  readonly #clock: VirtualClock;
  /** When within each second it polls. */
  readonly #phaseMs: number;
  #isDeaf = false;
  /** Since when it hears the tables; polls before that are in `#lookedMs`. */
  #hearsSinceMs: number;
  #lookedMs: number;
  /** Ends when the tables hear the node again; null while they do. */
  #cutOff: Promise<void> | null = null;

  constructor(name: string, database: MemoryDatabase, clock: VirtualClock, phaseMs: number) {
    this.name = name;
    this.#database = database;
    this.#clock = clock;
    this.#phaseMs = phaseMs;
    this.#hearsSinceMs = this.#lookedMs = clock.now();
    database.nodeLooks.set(name, () => this.#lastLookMs() + database.nowMs() - clock.now());
    this.look();
  }

  /** Resolves when the tables hear the node. */
  async untilHeard(): Promise<void> {
    while (this.#cutOff !== null) await this.#cutOff;
  }

  /** When it began the last poll whose answer it serves. */
  #lastLookMs(): number {
    if (this.#isDeaf) return this.#lookedMs;
    const answeredMs = this.#clock.now() - ANSWER_MS;
    const polledMs = answeredMs - ((answeredMs + this.#phaseMs) % POLL_MS);
    return polledMs > this.#hearsSinceMs ? polledMs : this.#lookedMs;
  }

  /**
   * A pointer has moved: the node sees it with a notice after `noticeMs`, where one arrives, or else when it polls next. Only these moments
   * are waited for, as every other poll finds nothing new.
   */
  async follow(noticeMs: number | null): Promise<void> {
    const pollMs = POLL_MS - ((this.#clock.now() + this.#phaseMs) % POLL_MS) + ANSWER_MS;
    await this.#clock.sleep(Math.min(pollMs, noticeMs ?? pollMs));
    this.look();
  }

  /**
   * Hears nothing of the pointers for a while, no poll and no notice, and answers on with what it knows. `isMute`: nor do the tables hear
   * of its calls before the while has ended.
   */
  async deafen(durationMs: number, isMute: boolean): Promise<void> {
    if (this.#isDeaf || this.#cutOff !== null) return;
    this.#lookedMs = this.#lastLookMs();
    this.#isDeaf = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (isMute) this.#cutOff = promise;
    this.#database.history.note({ kind: "deafened", node: this.name });
    await this.#clock.sleep(durationMs);
    this.#isDeaf = false;
    if (isMute) void this.#deliver(resolve);
    else this.#hearsSinceMs = this.#clock.now();
    this.look();
    this.#database.history.note({ kind: "heard-again", node: this.name });
  }

  /** What it could not tell reaches the tables after a while; until then it tells of no look. */
  async #deliver(done: () => void): Promise<void> {
    this.#hearsSinceMs = Infinity;
    await this.#clock.sleep(DELIVERY_MS);
    this.#cutOff = null;
    done();
    await this.#clock.sleep(COUNTED_MS);
    this.#hearsSinceMs = this.#clock.now();
  }

  /** Takes over whatever is newer than what it knows. */
  look(): void {
    if (this.#isDeaf) return;
    for (const deploymentId of this.#database.deployments.keys()) this.#takeOver(deploymentId);
  }

  #takeOver(deploymentId: string): void {
    const state = this.#database.state(deploymentId);
    const { pointer } = state;
    const present = this.known.get(deploymentId);
    if (present !== undefined && pointer.generation <= present.generation) return;
    const release = (slot: Slot) => {
      const bundleHash = state.slots[slot].bundleHash;
      if (bundleHash === null) return null;
      const resources = new Set(this.#database.bundles.get(bundleHash)?.resources.map(({ address }) => address));
      const needs = state.bindings.flatMap(({ slot: of, address, externalId }) =>
        externalId !== null && (of === slot || (of === null && resources.has(address)))
          ? [{ externalId, isSlotOwned: of !== null }]
          : [],
      );
      return { bundleHash, needs };
    };
    const { generation, active, candidate, weightBp, mode } = pointer;
    const releases = { blue: release("blue"), green: release("green") };
    const { tenantId } = state.deployment;
    this.known.set(deploymentId, { tenantId, generation, active, candidate, weightBp, mode, releases });
    this.#database.history.note({ kind: "seen", node: this.name, deploymentId, generation, active });
  }
}
