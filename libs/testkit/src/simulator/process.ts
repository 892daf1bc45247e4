import { AsyncLocalStorage } from "node:async_hooks";
import { AppError, type Clock, type FaultHook, setFaultHook } from "@tandem/kernel";
import type { RolloutStore } from "@tandem/ports/store/rollouts";
import type { TransactionTrouble } from "../store/memory-store.ts";
import type { SeededRng } from "../time/seeded-rng.ts";
import type { VirtualClock } from "../time/virtual-clock.ts";

/** How processes suffer: shares of operations and milliseconds. */
export interface ProcessRates {
  /** Dies at a fault point. */
  readonly killed: number;
  /** Stands still at a fault point or before an operation, like a zombie that wakes up later. */
  readonly paused: number;
  readonly longestPauseMs: number;
  /** Loses the connection to the database before, within or after a transaction. */
  readonly cutOff: number;
  /** Transactions that the server answers with a serialization failure or a deadlock. */
  readonly conflicts: number;
}

export const noTrouble: ProcessRates = { killed: 0, paused: 0, longestPauseMs: 0, cutOff: 0, conflicts: 0 };
export const hostileTrouble: ProcessRates = {
  killed: 0.03,
  paused: 0.02,
  longestPauseMs: 6000,
  cutOff: 0.015,
  conflicts: 0.03,
};

const HOUR_MS = 3_600_000;

const forever = (): Promise<never> => new Promise(() => {});

/** What every process of one simulated run has in common. */
export interface Machine {
  readonly clock: VirtualClock;
  readonly rng: SeededRng;
  readonly rates: () => ProcessRates;
  /** Called once when a process dies. */
  readonly onDeath: (process: SimulatedProcess) => void;
}

const present = new AsyncLocalStorage<SimulatedProcess>();

/** Hooks the engine's fault points: the process that runs there may die. Answers how to take the hook away. */
export function hookFaultPoints(): () => void {
  const hook: FaultHook = (point) => present.getStore()?.pass(point);
  setFaultHook(hook);
  return () => setFaultHook(undefined);
}

/** One worker process: whatever it awaits takes time, and after its death nothing it awaited ever comes back. */
export class SimulatedProcess {
  readonly name: string;
  readonly deaths: string[] = [];
  readonly #machine: Machine;
  readonly #diesAt: (point: string) => boolean;
  readonly #bootedMs: number;
  #wallSkewMs: number;
  #isAlive = true;

  /** `diesAt` decides about each fault point passed; by chance when absent. */
  constructor(name: string, machine: Machine, diesAt?: (point: string) => boolean) {
    this.name = name;
    this.#machine = machine;
    this.#diesAt = diesAt ?? (() => machine.rng.chance(machine.rates().killed));
    this.#bootedMs = machine.rng.between(0, HOUR_MS);
    this.#wallSkewMs = skewOf(machine.rng);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Runs something as this process. */
  enter<Result>(work: () => Result): Result {
    return present.run(this, work);
  }

  die(where: string): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.deaths.push(where);
    this.#machine.onDeath(this);
  }

  pass(point: string): Promise<void> | undefined {
    if (!this.#isAlive) return forever();
    if (this.#diesAt(point)) {
      this.die(point);
      return forever();
    }
    const { rng, rates } = this.#machine;
    const { paused, longestPauseMs } = rates();
    return rng.chance(paused) ? this.sleep(rng.between(500, longestPauseMs)) : undefined;
  }

  /** Time passes; a dead process never wakes. Processes here are not told to stop, they die. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#machine.clock.after(delayMs, () => this.#isAlive && resolve()));
  }

  /** This machine's clocks: the wall clock is wrong and jumps, the monotonic one counts from its boot. */
  get clock(): Clock {
    const { clock, rng } = this.#machine;
    return {
      now: () => {
        if (rng.chance(0.02)) this.#wallSkewMs = skewOf(rng);
        return clock.now() + this.#wallSkewMs;
      },
      monotonicMs: () => clock.monotonicMs() - this.#bootedMs,
      sleep: (delayMs) => this.sleep(delayMs),
    };
  }

  /** What befalls this process's transactions while they are open. A dead process's transaction is rolled back by the server. */
  get transactions(): TransactionTrouble {
    const { rng, rates, clock } = this.#machine;
    return {
      beforeCommit: async () => {
        if (rng.chance(0.6)) await clock.sleep(rng.between(1, 4));
        if (!this.#isAlive || rng.chance(rates().cutOff / 3))
          throw new AppError("database_unavailable", "the connection was lost within the transaction");
      },
      hasConflict: () => rng.chance(rates().conflicts),
    };
  }

  /** A store as this process reaches it: with latency, pauses and cut connections. */
  overTheWire(store: RolloutStore): RolloutStore {
    const through = <Result>(operation: () => Promise<Result>): Promise<Result> => this.#through(operation);
    return {
      startWaiting: (limit) => store.startWaiting(limit), // nothing waits here
      evidence: {
        figures: (query) => through(() => store.evidence.figures(query)),
        share: (share) => through(() => store.evidence.share(share)),
        pooled: (waveId) => through(() => store.evidence.pooled(waveId)),
        keepLook: (look) => through(() => store.evidence.keepLook(look)),
      },
      replays: {
        candidates: (query) => through(() => store.replays.candidates(query)),
        pastSession: (tenantId, sessionId) => through(() => store.replays.pastSession(tenantId, sessionId)),
        kept: (tenantId, replayId) => through(() => store.replays.kept(tenantId, replayId)),
        keep: (replay) => through(() => store.replays.keep(replay)),
        claimReplay: (leaseMs) => through(() => store.replays.claimReplay(leaseMs)),
        renewReplay: (replay, leaseMs) => through(() => store.replays.renewReplay(replay, leaseMs)),
        finishReplay: (replay, ending) => through(() => store.replays.finishReplay(replay, ending)),
      },
      findDue: (limit) => through(() => store.findDue(limit)),
      claim: (tenantId, deploymentId, workerId, leaseMs) =>
        through(() => store.claim(tenantId, deploymentId, workerId, leaseMs)),
      renew: (lease) => through(() => store.renew(lease)),
      release: (lease) => through(() => store.release(lease)),
      view: (tenantId, deploymentId) => through(() => store.view(tenantId, deploymentId)),
      fenced: (lease, work) => through(() => store.fenced(lease, work)),
    };
  }

  /** What a pause after an operation would show, one before the next operation shows as well. */
  #through<Result>(operation: () => Promise<Result>): Promise<Result> {
    const { rng, rates, clock } = this.#machine;
    return new Promise((resolve, reject) => {
      const lose = (when: string) => reject(new AppError("database_unavailable", `the connection was lost ${when}`));
      clock.after(this.#wayMs(), () => {
        if (!this.#isAlive) return;
        const isCut = rng.chance(rates().cutOff);
        if (isCut && rng.chance(0.5)) return lose("before the commit");
        operation().then((result) => {
          if (this.#isAlive) return isCut ? lose("after the commit") : resolve(result);
        }, reject);
      });
    });
  }

  #wayMs(): number {
    const { rng, rates } = this.#machine;
    const { paused, longestPauseMs } = rates();
    return rng.chance(paused) ? rng.between(500, longestPauseMs) : rng.between(2, 16);
  }
}

/** How wrong a wall clock is: mostly little, sometimes an hour. */
const skewOf = (rng: SeededRng): number => (rng.chance(0.3) ? rng.between(-HOUR_MS, HOUR_MS) : rng.between(-200, 200));
