import { createEngine, type Engine } from "../../libs/engine/src/index.ts";
import { idMaker } from "../../libs/kernel/src/index.ts";
import { TENANT_ID } from "../../libs/testkit/src/builders/deployment.ts";
import { testSettings } from "../../libs/testkit/src/scene/scene.ts";
import { noteInventory } from "../../libs/testkit/src/simulator/inventory.ts";
import type { MemoryDatabase } from "../../libs/testkit/src/store/memory-database.ts";
import { memoryCommandStore, memoryRolloutStore } from "../../libs/testkit/src/store/memory-store.ts";
import { Operator } from "../../libs/testkit/src/store/operator.ts";
import { SeededRng } from "../../libs/testkit/src/time/seeded-rng.ts";
import type { VirtualClock } from "../../libs/testkit/src/time/virtual-clock.ts";
import { noFaults } from "../../libs/testkit/src/vendors/faults.ts";
import { memoryIngress } from "../../libs/testkit/src/vendors/memory-ingress.ts";
import { memoryVendors } from "../../libs/testkit/src/vendors/memory-vendors.ts";
import { ONE_ACCOUNT, type VendorWorld } from "../../libs/testkit/src/vendors/vendor-world.ts";

const ACCOUNTS = { [TENANT_ID]: ONE_ACCOUNT };

/** One worker and one person on virtual time, over tables and vendors that are watched. Lists of the vendors lag behind. */
export class Ground {
  readonly clock: VirtualClock;
  readonly database: MemoryDatabase;
  readonly world: VendorWorld;
  readonly engine: Engine;
  readonly operator: Operator;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly database: MemoryDatabase;
    readonly world: VendorWorld;
    readonly worker: string;
  }) {
    const { clock, database, world } = parts;
    const rng = new SeededRng(11);
    const newId = idMaker(clock, rng);
    this.clock = clock;
    this.database = database;
    this.world = world;
    this.operator = new Operator(database, newId);
    world.onEffect = ({ kind: objectKind, ...effect }, object) =>
      database.history.note({ kind: "effected", ...effect, objectKind, object });
    const line = {
      rng,
      faults: () => ({ ...noFaults, listLagMs: 2000 }),
      sleep: (delayMs: number) => clock.sleep(delayMs),
      later: (delayMs: number, effect: () => void) => void clock.sleep(delayMs).then(effect),
      deadlineMs: testSettings.callDeadlineMs,
    };
    this.engine = createEngine({
      store: memoryRolloutStore(database),
      commands: memoryCommandStore(database),
      vendors: memoryVendors(world, line, {
        onRequest: ({ tenantId, account, verb, target: { kind: objectKind, externalKey, externalId, fields } }) =>
          database.history.note({
            kind: "requested",
            tenantId,
            account,
            verb,
            objectKind,
            externalKey,
            externalId,
            fields,
          }),
      }),
      ingress: memoryIngress(database, {
        tools: { book: { status: 200, result: { outcome: "success", event_id: "event-1" } } },
      }),
      clock,
      rng,
      newId,
      installKey: "install-key",
      workerId: parts.worker,
      settings: testSettings,
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
  }

  note(kind: "opened" | "closed"): void {
    noteInventory(kind, this.database, this.world, ACCOUNTS);
  }

  /** Lets the worker run until the condition holds; throws when it does not within `mostMs` of virtual time. */
  async runUntil(isMet: () => boolean, what: string, mostMs = 30 * 60_000): Promise<void> {
    const met = async (): Promise<void> => {
      while (!isMet()) await this.clock.sleep(50);
    };
    if (!(await this.clock.run(met(), this.clock.now() + mostMs))) throw new Error(`stuck before ${what}`);
  }
}
