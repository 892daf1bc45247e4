import { createEngine, type Engine } from "@tandem/engine";
import { idMaker } from "@tandem/kernel";
import { DEPLOYMENT_ID, seedDeployment, TENANT_ID } from "../builders/deployment.ts";
import { testSettings } from "../scene/scene.ts";
import { allGuards, MemoryDatabase } from "../store/memory-database.ts";
import { memoryCommandStore, memoryRolloutStore } from "../store/memory-store.ts";
import { Operator } from "../store/operator.ts";
import { SeededRng } from "../time/seeded-rng.ts";
import { VirtualClock } from "../time/virtual-clock.ts";
import { hostileFaults, noFaults } from "../vendors/faults.ts";
import { memoryIngress } from "../vendors/memory-ingress.ts";
import { memoryVendors } from "../vendors/memory-vendors.ts";
import { VendorWorld } from "../vendors/vendor-world.ts";
import { check, type Violation } from "./checker.ts";
import type { Mutant } from "./mutants.ts";
import { hostileTrouble, type Machine, noTrouble, SimulatedProcess } from "./process.ts";
import { playScript } from "./script.ts";

/** How one run ended. */
export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly deaths: readonly string[];
  readonly phases: readonly string[];
  readonly virtualMs: number;
  /** Errors that the engine logged; for the reader of a failure. */
  readonly logged: readonly string[];
}

/** From here on nothing fails any more: what has not ended soon after is stuck. */
const CALM_MS = 45_000;
const HORIZON_MS = 20 * 60_000;

/** Settings of the simulated workers: doorbells and holds do most of the waking, sweeps the rest. */
const settings = { ...testSettings, sweepIntervalMs: 2000 };

/**
 * One seeded run of the real engine: two workers that die, pause and lose their connection, vendors that answer badly, people who
 * click at any moment, doorbells that come twice or not at all. Fault points must be hooked (`hookFaultPoints`).
 */
export async function simulate(seed: number, mutant?: Mutant): Promise<SimulationResult> {
  const clock = new VirtualClock();
  const rng = new SeededRng(seed);
  const startMs = clock.now();
  const isCalm = () => clock.now() - startMs > CALM_MS;
  const isGentle = rng.chance(0.2);
  const database = new MemoryDatabase(() => clock.now(), { ...allGuards, ...mutant?.guards });
  const world = new VendorWorld(() => clock.now());
  seedDeployment(database, world);
  const newId = idMaker(clock, rng.fork());
  const bad = new Set<string>();
  const deaths: string[] = [];
  const logged: string[] = [];
  const workers = new Map<string, Engine>();
  const vendorRng = rng.fork();
  const machine: Machine = {
    clock,
    rng: rng.fork(),
    rates: () => (isCalm() || isGentle ? noTrouble : hostileTrouble),
    onDeath: (process) => {
      deaths.push(...process.deaths);
      void clock.sleep(machine.rng.between(200, 5000)).then(() => boot(process.name));
    },
  };
  const boot = (name: string): void => {
    const process = new SimulatedProcess(name, machine);
    const line = {
      rng: vendorRng,
      faults: () => (isCalm() ? { ...noFaults, listLagMs: hostileFaults.listLagMs } : hostileFaults),
      sleep: (delayMs: number) => process.sleep(delayMs),
      later: (delayMs: number, effect: () => void) => void clock.sleep(delayMs).then(effect),
      deadlineMs: settings.callDeadlineMs,
    };
    const note = (fields: Readonly<Record<string, unknown>>, message: string) => {
      const { err } = fields;
      logged.push(
        `${clock.now() - startMs} ${process.name}: ${message}${err instanceof Error ? ` (${err.message})` : ""}`,
      );
    };
    process.enter(() => {
      const engine = createEngine({
        store: process.overTheWire(memoryRolloutStore(database)),
        commands: memoryCommandStore(database),
        vendors: memoryVendors(world, line, mutant?.vendors),
        ingress: memoryIngress(database, { badWhenLive: bad, isLost: () => !isCalm() && machine.rng.chance(0.03) }),
        clock: process.clock,
        rng: machine.rng,
        newId,
        installKey: "install-key",
        workerId: `${name}-${machine.rng.between(0, 1_000_000)}`,
        settings,
        log: { info: () => {}, warn: () => {}, error: note },
      });
      workers.set(name, engine);
      void engine.run();
    });
  };
  const ring = (): void => {
    for (const name of ["worker-1", "worker-2"]) {
      if (!machine.rng.chance(0.6)) continue;
      const engine = workers.get(name);
      void engine?.advance(TENANT_ID, DEPLOYMENT_ID).catch(() => {});
    }
  };
  boot("worker-1");
  boot("worker-2");
  const script = playScript({ clock, rng: rng.fork(), database, operator: new Operator(database, newId), ring, bad });
  const isDone = await clock.run(script, startMs + HORIZON_MS);
  if (isDone) await script;
  await clock.run(clock.sleep(10_000), Number.POSITIVE_INFINITY);
  return {
    seed,
    violations: check(database, world),
    deaths,
    phases: database
      .state(DEPLOYMENT_ID)
      .rollouts.map(({ phase, reason }) => (reason === null ? phase : `${phase} (${reason.code})`)),
    virtualMs: clock.now() - startMs,
    logged,
  };
}

/** One line that repeats a failing run. */
export const reproductionOf = ({ seed, violations }: SimulationResult): string =>
  `seed ${seed}: ${violations.map(({ invariant, detail }) => `${invariant} ${detail}`).join("; ")} — repeat with: npx node --conditions=@tandem/source tools/simulate.mjs ${seed} 1`;
