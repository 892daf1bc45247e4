import { createEngine, type Engine, type EngineLog } from "@tandem/engine";
import { AppError, idMaker, type NewId } from "@tandem/kernel";
import { testSettings } from "../scene/scene.ts";
import type { HistoryEvent } from "../history/event.ts";
import type { MemoryDatabase } from "../store/memory-database.ts";
import { memoryCommandStore, memoryRolloutStore } from "../store/memory-store.ts";
import { Operator } from "../store/operator.ts";
import { SeededRng } from "../time/seeded-rng.ts";
import { VirtualClock } from "../time/virtual-clock.ts";
import type { Line } from "../vendors/line.ts";
import { memoryIngress } from "../vendors/memory-ingress.ts";
import { memoryVendors, type VendorQuirks, type VendorRequest } from "../vendors/memory-vendors.ts";
import { VendorWorld } from "../vendors/vendor-world.ts";
import { Callers } from "./callers.ts";
import { databaseOn, type Foundation } from "./foundation.ts";
import { noteInventory } from "./inventory.ts";
import { MediaNode } from "./media-node.ts";
import { accounts, canaryOf, type Place, places } from "./places.ts";
import { type Machine, SimulatedProcess } from "./process.ts";
import { CALM_MS, Weather } from "./weather.ts";

/** Settings of the simulated workers: doorbells and holds do most of the waking, sweeps the rest. */
const settings = { ...testSettings, sweepIntervalMs: 2500 };

const WORKERS = ["worker-1", "worker-2"];
const DATABASE_SKEW_MS = 3_600_000;

/** One whole installation on virtual time: tables, vendors, two workers that die and come back, two media nodes, callers and a person. */
export class Installation {
  readonly clock: VirtualClock;
  readonly rng: SeededRng;
  readonly database: MemoryDatabase;
  readonly world: VendorWorld;
  readonly operator: Operator;
  readonly weather: Weather;
  readonly nodes: readonly MediaNode[];
  readonly callers: Callers;
  /** Bundles that turn out bad once they are live. */
  readonly bad = new Set<string>();
  /** Bundles that fail their smoke test. */
  readonly faulty = new Set<string>();
  readonly deaths: string[] = [];
  readonly #machine: Machine;
  readonly #vendorRng: SeededRng;
  readonly #mediaRng: SeededRng;
  readonly #newId: NewId;
  readonly #workers = new Map<string, Engine>();

  /** `isUndisturbed`: nothing fails, and no clock is wrong. */
  constructor(rng: SeededRng, foundation: Foundation, isUndisturbed = false) {
    const clock = new VirtualClock(foundation.atMs, true);
    this.clock = clock;
    this.rng = rng;
    this.weather = new Weather(rng.fork(), isUndisturbed ? () => CALM_MS + 1 : () => clock.now() - foundation.atMs);
    const isAtRest = foundation.past.length === 0; // a clock does not jump under leases and settle times
    const skewMs = isUndisturbed || !isAtRest ? 0 : rng.between(-DATABASE_SKEW_MS, DATABASE_SKEW_MS);
    this.database = databaseOn(foundation, () => clock.now(), skewMs);
    this.world = VendorWorld.from(foundation.world, () => clock.now());
    if (isAtRest) noteInventory("opened", this.database, this.world, accounts);
    this.#newId = idMaker(clock, rng.fork());
    this.#vendorRng = rng.fork();
    this.#mediaRng = rng.fork();
    this.operator = new Operator(this.database, idMaker(clock, rng.fork()));
    this.nodes = ["node-1", "node-2"].map(
      (name) => new MediaNode(name, this.database, clock, this.#mediaRng.between(0, 999)),
    );
    this.callers = new Callers({
      clock,
      rng: rng.fork(),
      database: this.database,
      nodes: this.nodes,
      isBad: (hash) => this.bad.has(hash),
    });
    this.#machine = {
      clock,
      rng: rng.fork(),
      rates: () => this.weather.processes(),
      onDeath: (process) => void this.#comeBack(process),
    };
    this.world.onEffect = ({ account, verb, kind, externalKey, externalId }, object) =>
      this.database.history.note({
        kind: "effected",
        account,
        verb,
        objectKind: kind,
        externalKey,
        externalId,
        object,
      });
    this.database.history.listener = (event) => this.#sendNotices(event);
  }

  /** Starts everything that runs by itself. */
  start(): void {
    for (const name of WORKERS) this.#boot(name);
  }

  /** Rings the workers' doors for a deployment, or does not. */
  ring({ tenantId, deploymentId }: Place): void {
    for (const name of WORKERS)
      if (this.#machine.rng.chance(0.6))
        void this.#workers
          .get(name)
          ?.advance(tenantId, deploymentId)
          .catch(() => {});
  }

  close(): void {
    noteInventory("closed", this.database, this.world, accounts);
  }

  async #comeBack(process: SimulatedProcess): Promise<void> {
    const where = process.deaths.at(-1) ?? "";
    this.deaths.push(where);
    this.database.history.note({ kind: "died", by: process.name, where });
    do await this.clock.sleep(this.#machine.rng.between(200, 5000));
    while (this.weather.areWorkersAway);
    this.#boot(process.name);
  }

  #boot(name: string): void {
    const process = new SimulatedProcess(name, this.#machine);
    process.enter(() => {
      const engine = createEngine({
        store: process.overTheWire(memoryRolloutStore(this.database, process.transactions)),
        commands: memoryCommandStore(this.database),
        vendors: memoryVendors(this.world, this.#lineOf(process), this.#quirks()),
        ingress: memoryIngress(this.database, {
          badWhenLive: this.bad,
          badOnTrial: this.faulty,
          isLost: () => !this.weather.isCalm && this.#machine.rng.chance(0.03),
        }),
        clock: process.clock,
        rng: this.#machine.rng,
        newId: this.#newId,
        installKey: "install-key",
        workerId: `${name}-${this.#machine.rng.between(0, 1_000_000)}`,
        settings,
        log: this.#logOf(name),
      });
      this.#workers.set(name, engine);
      void engine.run();
    });
  }

  #lineOf(process: SimulatedProcess): Line {
    return {
      rng: this.#vendorRng,
      faults: () => this.weather.vendors(),
      sleep: (delayMs) => process.sleep(delayMs),
      later: (delayMs, effect) => this.clock.after(delayMs, effect),
      deadlineMs: settings.callDeadlineMs,
    };
  }

  #quirks(): VendorQuirks {
    return {
      accountOf: (tenantId, connectionId) => {
        const place = places.find((each) => each.tenantId === tenantId && each.connectionId === connectionId);
        const account = place === undefined ? undefined : accounts[place.tenantId];
        if (account === undefined) throw new AppError("not_found", "the tenant has no such connection");
        return account;
      },
      isAuthorized: (account) => account !== accounts[places[0].tenantId] || !this.weather.isRevoked,
      credential: canaryOf,
      onRequest: ({ tenantId, account, verb, target }: VendorRequest) => {
        const { kind, externalKey, externalId, fields } = target;
        const where = { externalKey, externalId };
        this.database.history.note({ kind: "requested", tenantId, account, verb, objectKind: kind, ...where, fields });
      },
      liveCalls: (number) => this.callers.liveCalls(number),
    };
  }

  #logOf(by: string): EngineLog {
    const note = (fields: Readonly<Record<string, unknown>>, message: string): void =>
      this.database.history.note({ kind: "logged", by, text: `${message} ${JSON.stringify(fields, asLogged)}` });
    return { info: note, warn: note, error: note };
  }

  /** A pointer that moved is told to the nodes: late, or not before they ask. */
  #sendNotices(event: HistoryEvent): void {
    if (event.kind !== "committed" || !event.changes.some(({ table }) => table === "pointer")) return;
    for (const node of this.nodes) void node.follow(this.#mediaRng.chance(0.6) ? this.#mediaRng.between(1, 60) : null);
  }
}

/** Errors as the processes' logger writes them: name, code and message. */
const asLogged = (_name: string, value: unknown): unknown =>
  value instanceof AppError
    ? { code: value.code, message: value.message, details: value.details }
    : value instanceof Error
      ? { name: value.name, message: value.message }
      : value;
