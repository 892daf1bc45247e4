import type { CallFacts } from "@tandem/domain/evidence";
import type { LiveCall } from "@tandem/ports/telephony";
import { goodCall } from "../store/memory-evidence.ts";
import type { MemoryDatabase } from "../store/memory-database.ts";
import type { SeededRng } from "../time/seeded-rng.ts";
import type { VirtualClock } from "../time/virtual-clock.ts";
import type { MediaNode } from "./media-node.ts";

/** What callers need. */
export interface Exchange {
  readonly clock: VirtualClock;
  readonly rng: SeededRng;
  readonly database: MemoryDatabase;
  readonly nodes: readonly MediaNode[];
  /** Whether a release turns out bad once it is live. */
  readonly isBad: (bundleHash: string) => boolean;
}

/** People who call a deployment's number, each pinned by the node that answers to slot, release and generation until hanging up. */
export class Callers {
  readonly #exchange: Exchange;
  /** What the carrier lists as in progress: number → calls. */
  readonly #carried = new Map<string, Map<string, LiveCall>>();
  #next = 1;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  liveCalls(number: string): readonly LiveCall[] {
    return [...(this.#carried.get(number)?.values() ?? [])];
  }

  /** Calls now and then, until told to stop. */
  async call(deploymentId: string, hasEnded: () => boolean): Promise<void> {
    const { clock, rng } = this.#exchange;
    while (!hasEnded()) {
      await clock.sleep(rng.between(300, 9000));
      void this.#one(deploymentId);
    }
  }

  async #one(deploymentId: string): Promise<void> {
    const { clock, rng, database, nodes } = this.#exchange;
    const node = rng.pick(nodes);
    const known = node.known.get(deploymentId);
    if (known === undefined || known.active === "none" || known.mode === "diverted") return;
    const takesShare = known.candidate !== null && rng.chance(known.weightBp / 10_000);
    const slot = takesShare ? (known.candidate ?? known.active) : known.active;
    const release = known.releases[slot];
    if (release === null) return;
    const callId = `call-${this.#next++}`;
    const { bundleHash, needs } = release;
    const pin = { callId, slot, bundleHash };
    const { tenantId, generation } = known;
    database.history.note({ kind: "answered", node: node.name, tenantId, deploymentId, generation, needs, ...pin });
    const { number } = database.state(deploymentId).deployment;
    const startedAtMs = database.nowMs();
    if (number !== null) this.#carry(number, callId);
    const counted = this.#count(node, `${deploymentId}/${slot}`, 1);
    await clock.sleep(rng.between(200, rng.chance(0.2) ? 15_000 : 4000));
    database.history.note({ ...pin, kind: "turned" });
    await clock.sleep(rng.between(0, 1500));
    database.history.note({ kind: "hung-up", callId });
    if (number !== null) this.#carried.get(number)?.delete(callId);
    const call = { deploymentId, release: bundleHash, startedAtMs, endedAtMs: database.nowMs() };
    const facts = this.#factsOf(bundleHash);
    await counted;
    if (rng.chance(0.05)) await clock.sleep(rng.between(1000, 20_000)); // the status callback came late
    await this.#count(node, `${deploymentId}/${slot}`, -1);
    database.evidence.calls.push({ ...call, facts });
  }

  /** How a call went: most well; on a release that is bad half of them end in an error. */
  #factsOf(bundleHash: string): CallFacts {
    const { rng, isBad } = this.#exchange;
    const isCrash = rng.chance(0.02);
    const isError = isCrash || (isBad(bundleHash) && rng.chance(0.5));
    return { ...goodCall, isCrash, isError, isBooked: !isError && rng.chance(0.7) };
  }

  #carry(number: string, callId: string): void {
    const calls = this.#carried.get(number) ?? new Map<string, LiveCall>();
    this.#carried.set(number, calls);
    calls.set(callId, { callId, from: "+15550109999", to: number, startedAt: "" });
  }

  /** The session row comes through the node's spool. */
  async #count(node: MediaNode, key: string, by: number): Promise<void> {
    const { clock, rng, database } = this.#exchange;
    await clock.sleep(rng.between(5, 150));
    await node.untilHeard();
    const { liveCalls } = database;
    liveCalls.set(key, Math.max(0, (liveCalls.get(key) ?? 0) + by));
  }
}
