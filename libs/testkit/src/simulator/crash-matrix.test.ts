import { createEngine, type FaultPoint, faultPoints } from "@tandem/engine";
import type { Strategy } from "@tandem/domain/rollout";
import { idMaker } from "@tandem/kernel";
import { expect, it } from "vitest";
import { buildBundle } from "../builders/bundle.ts";
import { DEPLOYMENT_ID, seedDeployment, TENANT_ID } from "../builders/deployment.ts";
import { everyGateOpen, testSettings } from "../scene/scene.ts";
import { MemoryDatabase } from "../store/memory-database.ts";
import { memoryCommandStore, memoryRolloutStore } from "../store/memory-store.ts";
import { Operator } from "../store/operator.ts";
import { SeededRng } from "../time/seeded-rng.ts";
import { VirtualClock } from "../time/virtual-clock.ts";
import { noFaults } from "../vendors/faults.ts";
import { memoryIngress } from "../vendors/memory-ingress.ts";
import { memoryVendors } from "../vendors/memory-vendors.ts";
import { ONE_ACCOUNT, VendorWorld } from "../vendors/vendor-world.ts";
import { checkHistory } from "../history/check-history.ts";
import { noteInventory } from "./inventory.ts";
import { hookFaultPoints, type Machine, noTrouble, SimulatedProcess } from "./process.ts";

const ACCOUNTS = { [TENANT_ID]: ONE_ACCOUNT };
const LIST_LAG = { ...noFaults, listLagMs: 2000 };

const canary: Strategy = {
  kind: "canary",
  steps: [
    { weightBp: 500, watchMs: 300 },
    { weightBp: 2500, watchMs: 300 },
  ],
};

/**
 * A whole life: first rollout, a second one, a third that is rolled back, a fourth that is aborted, one by canary steps, one whose
 * canary share is taken back, detach, and removal of all that is left. Dies at one point, once.
 */
async function live(killAt: { readonly point: FaultPoint; readonly nth: number } | null) {
  const clock = new VirtualClock(undefined, true);
  const rng = new SeededRng(11);
  const database = new MemoryDatabase(() => clock.now());
  const world = new VendorWorld(() => clock.now());
  seedDeployment(database, world);
  world.onEffect = ({ kind: objectKind, ...effect }, object) =>
    database.history.note({ kind: "effected", ...effect, objectKind, object });
  noteInventory("opened", database, world, ACCOUNTS);
  const passed = new Map<string, number>();
  const unhook = hookFaultPoints();
  let deaths = 0;
  const machine: Machine = {
    clock,
    rng,
    rates: () => noTrouble,
    onDeath: () => {
      deaths += 1;
      void clock.sleep(1000).then(boot);
    },
  };
  function boot(): void {
    const process = new SimulatedProcess("worker", machine, (point) => {
      passed.set(point, (passed.get(point) ?? 0) + 1);
      return killAt !== null && deaths === 0 && point === killAt.point && passed.get(point) === killAt.nth;
    });
    const line = {
      rng,
      faults: () => LIST_LAG,
      sleep: (delayMs: number) => process.sleep(delayMs),
      later: (delayMs: number, effect: () => void) => clock.after(delayMs, effect),
      deadlineMs: testSettings.callDeadlineMs,
    };
    process.enter(() => {
      const log = { info: () => {}, warn: () => {}, error: () => {} };
      const engine = createEngine({
        store: process.overTheWire(memoryRolloutStore(database)),
        commands: memoryCommandStore(database),
        vendors: memoryVendors(world, line),
        ingress: memoryIngress(database, {
          tools: { book: { status: 200, result: { outcome: "success", event_id: "event-1" } } },
        }),
        clock: process.clock,
        rng,
        newId: idMaker(clock, rng),
        installKey: "install-key",
        workerId: `worker-${deaths}`,
        settings: testSettings,
        log,
      });
      void engine.run();
    });
  }
  const operator = new Operator(database, idMaker(clock, rng));
  const phase = () => database.state(DEPLOYMENT_ID).rollouts.at(-1)?.phase ?? "";
  const until = async (...phases: string[]) => {
    while (!phases.includes(phase())) await clock.sleep(50);
  };
  const start = (prompt: string, properties: string[], bakeMs: number, strategy?: Strategy) => {
    const tools = [
      {
        name: "book",
        description: "",
        operation: "calendar.book" as const,
        arguments: {},
        settings: {},
        acknowledgement: "",
        timeoutMs: 500,
      },
    ];
    const smoke = [
      {
        name: "books",
        steps: [
          { do: "answer" as const, expect: "agent" as const },
          { do: "tool" as const, tool: "book", arguments: {}, expect: "success" as const },
        ],
      },
    ];
    const { bundle, hash } = buildBundle({ deploymentId: DEPLOYMENT_ID, prompt, properties, patch: { tools, smoke } });
    return operator.start(DEPLOYMENT_ID, {
      bundle,
      bundleHash: hash,
      policy: {
        ...everyGateOpen,
        bakeMs,
        promotion: prompt === "four" ? "manual" : "automatic",
        ...(strategy !== undefined && { strategy }),
      },
    });
  };
  const story = async (): Promise<void> => {
    await start("one", ["lead_source"], 500);
    await until("succeeded");
    await start("two", [], 500);
    await until("succeeded");
    await start("three", [], 60_000);
    await until("baking");
    await operator.rollback(DEPLOYMENT_ID);
    await until("rolled-back");
    await start("four", [], 500);
    await until("awaiting-promotion");
    await operator.ask(DEPLOYMENT_ID, "abort");
    await until("aborted");
    await start("five", [], 500);
    await until("succeeded");
    await start("six", [], 500, canary);
    await until("succeeded");
    await start("seven", [], 500, { kind: "canary", steps: [{ weightBp: 100, watchMs: 600_000 }] });
    while (database.state(DEPLOYMENT_ID).pointer.weightBp !== 100) await clock.sleep(50);
    await operator.rollback(DEPLOYMENT_ID);
    await until("rolled-back");
    await start("eight", [], 500);
    await until("succeeded");
    await operator.detach(DEPLOYMENT_ID);
    await until("rolled-back");
    await operator.removeDeployment(DEPLOYMENT_ID);
    await until("rolled-back");
  };
  boot();
  const told = story();
  try {
    expect(
      await clock.run(told, clock.now() + 30 * 60_000),
      `stuck in ${phase()}: ${JSON.stringify(database.state(DEPLOYMENT_ID).rollouts.at(-1)?.reason)}`,
    ).toBe(true);
    await told;
    await clock.run(clock.sleep(5000), Number.POSITIVE_INFINITY);
  } finally {
    unhook();
  }
  noteInventory("closed", database, world, ACCOUNTS);
  const ledger = world.ledger.map(({ verb, kind, externalKey }) => `${verb} ${kind} ${externalKey}`);
  return {
    ledger,
    passed,
    deaths,
    violations: checkHistory(database.history.events),
    pointer: { ...database.state(DEPLOYMENT_ID).pointer, salt: "" }, // a canary's salt is an id of its own
  };
}

const undisturbed = await live(null);

it("the undisturbed life passes every fault point but those of waits that it does not need", () => {
  expect(undisturbed.violations).toEqual([]);
  expect(faultPoints.filter((point) => !undisturbed.passed.has(point))).toEqual(["settle.before"]);
});

const cells = faultPoints.flatMap((point) => {
  const times = undisturbed.passed.get(point) ?? 0;
  return [...new Set([1, 2, times])].filter((nth) => nth >= 1 && nth <= times).map((nth) => ({ point, nth }));
});

it.each(cells)("killed at $point, passing $nth, it ends with the same ledger", async (cell) => {
  const result = await live(cell);
  expect(result.deaths).toBe(1);
  expect(result.violations).toEqual([]);
  expect(result.ledger).toEqual(undisturbed.ledger);
  expect(result.pointer).toEqual(undisturbed.pointer);
});
