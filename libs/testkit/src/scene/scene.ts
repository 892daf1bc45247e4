import { idMaker, setFaultHook } from "@tandem/kernel";
import { createEngine, type Engine, type EngineSettings, type FaultPoint, type StageLook } from "@tandem/engine";
import type { LiveCall } from "@tandem/ports/telephony";
import type { RolloutPolicy } from "@tandem/domain/rollout";
import type { RolloutStore } from "@tandem/ports/store/rollouts";
import { buildBundle, type BundleWish } from "../builders/bundle.ts";
import { DEPLOYMENT_ID, seedDeployment, TENANT_ID } from "../builders/deployment.ts";
import { MemoryDatabase } from "../store/memory-database.ts";
import { memoryCommandStore, memoryRolloutStore, viewOf } from "../store/memory-store.ts";
import { Operator } from "../store/operator.ts";
import { SeededRng } from "../time/seeded-rng.ts";
import { VirtualClock } from "../time/virtual-clock.ts";
import { type FaultRates, noFaults } from "../vendors/faults.ts";
import { type IngressQuirks, memoryIngress } from "../vendors/memory-ingress.ts";
import { memoryVendors, type VendorQuirks } from "../vendors/memory-vendors.ts";
import { VendorWorld } from "../vendors/vendor-world.ts";

/** What a test varies about its scene. */
export interface SceneOptions {
  readonly faults?: FaultRates;
  readonly ingress?: IngressQuirks;
  readonly vendors?: VendorQuirks;
  readonly settings?: Partial<EngineSettings>;
  /** What lies between the engine and its tables. */
  readonly overTheWire?: (store: RolloutStore, clock: VirtualClock) => RolloutStore;
  readonly seed?: number;
}

export const everyGateOpen: RolloutPolicy = {
  approval: "none",
  promotion: "automatic",
  bakeMs: 3000,
  approvalTtlMs: 60_000,
};

/** Times of the engine in tests: everything within seconds of virtual time. */
export const testSettings: EngineSettings = {
  leaseMs: 3000,
  renewMs: 1000,
  callDeadlineMs: 1000,
  callStartMs: 300,
  settleCapMs: 60_000,
  sweepIntervalMs: 500,
  sweepLimit: 20,
  concurrency: 2,
  bakeCheckMs: 1000,
  pointerLagMs: 3000,
  nodeGoneMs: 3_600_000,
  backoffMs: 200,
  backoffCapMs: 5000,
  retryLimit: 6,
  observationMs: 10_000,
  credentialWarningMs: 14 * 86_400_000,
  providerSamples: 3,
  vendorSamples: 0,
  driftLookMs: 0,
  smokePatienceMs: 2000,
  smokeCalls: 4,
  smokeCallMs: 120_000,
  smokeSlackMs: 0,
};

/** One deployment, one engine and one vendor on virtual time, with one thread of events: for tests that tell a story. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly database: MemoryDatabase;
  readonly world: VendorWorld;
  readonly engine: Engine;
  readonly operator: Operator;
  readonly deploymentId = DEPLOYMENT_ID;
  /** What is in force on the line between engine and vendors; tests may change it at any time. */
  faults: FaultRates;
  /** What the carrier lists as calls in progress. */
  liveCalls: readonly LiveCall[] = [];
  readonly looks: StageLook[] = [];
  readonly logged: { readonly level: string; readonly fields: unknown; readonly message: string }[] = [];

  constructor(options: SceneOptions = {}) {
    const { clock } = this;
    const rng = new SeededRng(options.seed ?? 1);
    const newId = idMaker(clock, rng);
    this.faults = options.faults ?? noFaults;
    this.database = new MemoryDatabase(() => clock.now());
    this.world = new VendorWorld(() => clock.now());
    seedDeployment(this.database, this.world);
    this.operator = new Operator(this.database, newId);
    const settings = { ...testSettings, ...options.settings };
    const line = {
      rng,
      faults: () => this.faults,
      sleep: (delayMs: number) => clock.sleep(delayMs),
      later: (delayMs: number, effect: () => void) => void clock.sleep(delayMs).then(effect),
      deadlineMs: settings.callDeadlineMs,
    };
    const store = memoryRolloutStore(this.database);
    const note = (level: string) => (fields: unknown, message: string) =>
      void this.logged.push({ level, fields, message });
    this.engine = createEngine({
      store: options.overTheWire?.(store, clock) ?? store,
      commands: memoryCommandStore(this.database),
      vendors: memoryVendors(this.world, line, { liveCalls: () => this.liveCalls, ...options.vendors }),
      ingress: memoryIngress(this.database, options.ingress),
      clock,
      rng,
      newId,
      installKey: "install-key",
      workerId: "worker-1",
      settings,
      onLook: (look) => void this.looks.push(look),
      log: { info: note("info"), warn: note("warn"), error: note("error") },
    });
  }

  /** The bundle of a wish, for this scene's deployment. */
  bundle(wish: Partial<BundleWish> = {}) {
    return buildBundle({ deploymentId: this.deploymentId, ...wish });
  }

  /** Starts a rollout of a bundle; answers its id. */
  start(wish: Partial<BundleWish> = {}, policy: Partial<RolloutPolicy> = {}): Promise<string> {
    const { bundle, hash } = this.bundle(wish);
    return this.operator.start(this.deploymentId, {
      bundle,
      bundleHash: hash,
      policy: { ...everyGateOpen, ...policy },
    });
  }

  /** Runs one piece of work on virtual time to its end. */
  async play<Result>(work: Promise<Result>): Promise<Result> {
    await this.clock.run(work, Number.POSITIVE_INFINITY);
    return work;
  }

  advance() {
    return this.play(this.engine.advance(TENANT_ID, this.deploymentId));
  }

  /** Lets time pass in steps and the engine sweep, until the condition holds; throws after `mostMs` of virtual time. */
  async until(isMet: () => boolean, mostMs = 120_000): Promise<void> {
    const end = this.clock.now() + mostMs;
    while (!isMet()) {
      if (this.clock.now() > end) throw new Error(`not within ${mostMs} ms: ${JSON.stringify(this.rollout())}`);
      await this.advance();
      if (!isMet()) await this.play(this.clock.sleep(200));
    }
  }

  /** Does something at the moment the engine next passes a fault point: once, while the engine waits for it. */
  atPoint(point: FaultPoint, act: () => void | Promise<void>): void {
    setFaultHook((passed) => {
      if (passed !== point) return undefined;
      setFaultHook(undefined);
      return act();
    });
  }

  /** Sweeps until the newest rollout is in one of these phases. */
  untilPhase(...phases: readonly string[]): Promise<void> {
    return this.until(() => phases.includes(this.rollout().phase));
  }

  get state() {
    return this.database.state(this.deploymentId);
  }

  get view() {
    return viewOf(this.database, this.state, null);
  }

  /** The newest rollout. */
  rollout() {
    const rollout = this.state.rollouts.at(-1);
    if (rollout === undefined) throw new Error("no rollout was started");
    return rollout;
  }

  /** Types of the newest rollout's events, in order. */
  events(): string[] {
    return this.database.events
      .filter(({ rolloutId }) => rolloutId === this.rollout().id)
      .map(({ type, phase }) => (type === "phase-entered" ? phase : type));
  }
}
