// Engine: steps per second of one worker, with journal and audit on a durable PostgreSQL and vendors that answer at once.
// Bar (issue 2 §6): ≥ 300 steps/s on a no-op rollout. A step is one journaled operation (intent and outcome, each its own commit) or,
// where nothing is to be done at a vendor, one transition of the rollout.
import { createEngine, type Engine } from "@tandem/engine";
import { idMaker, systemClock, systemRng } from "@tandem/kernel";
import { openControlStore, openRolloutStore } from "@tandem/store";
import pg from "pg";
import { fleet, instantIngress, instantVendors, type Member, startRollout } from "./engine/fleet.ts";
import { bar, interleave, median, report } from "./measure.ts";

const ROUNDS = 5;
const DEPLOYMENTS = 16;
const CONCURRENCY = 8;
const OPERATIONS = 40;
const BARE_STEPS = 800;
const PATIENCE_MS = 120_000;

const superuser = new pg.Pool({ connectionString: process.env["TANDEM_BENCH_SUPERUSER_URL"], max: CONCURRENCY });
const control = openControlStore({ url: process.env["TANDEM_BENCH_API_URL"] ?? "" });
const store = openRolloutStore({ url: process.env["TANDEM_BENCH_WORKER_URL"] ?? "" });
const troubles: string[] = [];
const note = (fields: unknown, message: string) => void troubles.push(`${message} ${JSON.stringify(fields)}`);
const engine: Engine = createEngine({
  store,
  commands: store,
  vendors: instantVendors(),
  ingress: instantIngress(superuser),
  clock: systemClock,
  newId: idMaker(systemClock, systemRng),
  installKey: "bench",
  settings: { concurrency: CONCURRENCY, bakeCheckMs: 1 },
  log: { info: () => {}, warn: note, error: note },
});

const phaseOf = async (rolloutId: string): Promise<string> => {
  const text =
    "SELECT phase || coalesce(' ' || (reason ->> 'code') || ' ' || (reason ->> 'detail'), '') AS phase FROM rollout WHERE id = $1";
  return (await superuser.query<{ phase: string }>({ name: "phase", text, values: [rolloutId] })).rows[0]?.phase ?? "";
};

async function finish({ actor, deploymentId }: Member, rolloutId: string): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    await engine.advance(actor.tenantId, deploymentId);
    const phase = await phaseOf(rolloutId);
    if (phase.startsWith("succeeded")) return;
    if (
      !/^(queued|preflighting|planning|applying|smoke-testing|awaiting|switching|baking|retiring)/.test(phase) ||
      performance.now() > giveUpAt
    )
      throw new Error(`the rollout is ${phase}; ${troubles.at(-1) ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Moves all deployments on, `CONCURRENCY` at a time; answers seconds. */
async function moveAll(members: readonly Member[], rollouts: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const waiting = members.map((member, index) => ({ member, rollout: rollouts[index] ?? "" }));
  const lanes = Array.from({ length: CONCURRENCY }, async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await finish(next.member, next.rollout);
  });
  await Promise.all(lanes);
  return (performance.now() - startedAt) / 1000;
}

const countOf = async (text: string, rollouts: readonly string[]): Promise<number> =>
  (await superuser.query<{ count: number }>(text, [rollouts])).rows[0]?.count ?? 0;
const operationsDone = (rollouts: readonly string[]) =>
  countOf("SELECT count(*)::int AS count FROM step WHERE rollout_id = ANY ($1) AND state = 'done'", rollouts);
const transitions = (rollouts: readonly string[]) =>
  countOf(
    "SELECT count(*)::int AS count FROM rollout_event WHERE rollout_id = ANY ($1) AND type = 'phase-entered'",
    rollouts,
  );
const journaled = (rollouts: readonly string[]) =>
  countOf(
    "SELECT count(*)::int AS count FROM audit WHERE via = 'worker' AND object = ANY (SELECT 'rollout/' || unnest($1::text[]))",
    rollouts,
  );

let version = 0;
const startAll = (members: readonly Member[], properties: readonly string[]) => {
  version += 1;
  return Promise.all(members.map((member) => startRollout(control, member, { version: `1.${version}.0`, properties })));
};

const properties = Array.from({ length: OPERATIONS }, (_, index) => `field_${index}`);
const rates: Record<string, number[]> = { transitions: [], "journal entries": [] };
const cpuMs: number[] = [];
let isWarm = false;
let settled: Member[] = [];

await superuser.query("CREATE TABLE bench_journal (id integer PRIMARY KEY, step integer NOT NULL)");
await superuser.query("CREATE TABLE bench_entry (id integer NOT NULL, step integer NOT NULL, what text NOT NULL)");
await superuser.query("INSERT INTO bench_journal SELECT n, 0 FROM generate_series(1, $1) n", [CONCURRENCY]);

/** The floor: as many plain clients, each step two transactions that write a row, append one, and wait for the disk. */
async function bareStep(client: pg.PoolClient, id: number): Promise<void> {
  for (const what of ["intent", "outcome"]) {
    await client.query("BEGIN");
    await client.query({
      name: "bare-update",
      text: "UPDATE bench_journal SET step = step + 1 WHERE id = $1",
      values: [id],
    });
    await client.query({ name: "bare-insert", text: "INSERT INTO bench_entry VALUES ($1, 0, $2)", values: [id, what] });
    await client.query("COMMIT");
  }
}

async function bareSteps(): Promise<number> {
  const startedAt = performance.now();
  const each = BARE_STEPS / CONCURRENCY;
  const lanes = Array.from({ length: CONCURRENCY }, async (_, lane) => {
    const client = await superuser.connect();
    for (let step = 0; step < each; step++) await bareStep(client, lane + 1);
    client.release();
  });
  await Promise.all(lanes);
  return BARE_STEPS / ((performance.now() - startedAt) / 1000);
}

const contestants = [
  { name: "bare", run: bareSteps },
  {
    name: "operations",
    run: async () => {
      settled = await fleet(control, DEPLOYMENTS);
      const rollouts = await startAll(settled, properties);
      const cpuBefore = process.cpuUsage();
      const seconds = await moveAll(settled, rollouts);
      const { user, system } = process.cpuUsage(cpuBefore);
      const done = await operationsDone(rollouts);
      cpuMs.push((user + system) / 1000 / done);
      return done / seconds;
    },
  },
  {
    name: "no-op",
    run: async () => {
      await moveAll(settled, await startAll(settled, properties)); // fills the other slot, not measured
      const rollouts = await startAll(settled, properties);
      const seconds = await moveAll(settled, rollouts);
      if ((await operationsDone(rollouts)) > 0)
        throw new Error("a rollout that should change nothing wrote at the vendor");
      const [moved, entries] = [await transitions(rollouts), await journaled(rollouts)];
      if (isWarm) rates["journal entries"]?.push(entries / seconds);
      if (isWarm) rates["transitions"]?.push(moved / seconds);
      isWarm = true;
      return moved / seconds;
    },
  },
];

const figures = await interleave(contestants, ROUNDS);
const operations = median(figures["operations"] ?? []);
const noOp = median(figures["no-op"] ?? []);
const entries = median(rates["journal entries"] ?? []);
console.log(
  `${DEPLOYMENTS} deployments, ${CONCURRENCY} at a time, one worker process; a rollout from start to succeeded, preflight, smoke test and bake included`,
);
console.log(
  `operations     ${operations.toFixed(0).padStart(6)} /s, each an intent and an outcome with their audit rows (${OPERATIONS + 3} of them per rollout)`,
);
console.log(
  `transitions    ${noOp.toFixed(0).padStart(6)} /s of a rollout that changes nothing at a vendor; ${entries.toFixed(0)} journal entries/s with their audit rows`,
);
const bare = median(figures["bare"] ?? []);
const workerCpuMs = median(cpuMs.slice(1));
console.log(
  `bare steps     ${bare.toFixed(0).padStart(6)} /s: two plain transactions each, ${CONCURRENCY} clients; operations reach ${(operations / bare).toFixed(2)} × of it; CPU of the worker ${workerCpuMs.toFixed(2)} ms per operation`,
);
console.log(bar("operations", operations, "≥", 300, "/s"));
console.log(bar("transitions of a no-op rollout", noOp, "≥", 300, "/s"));
report("engine", {
  operationsPerSecond: operations,
  operationsOverBare: operations / bare,
  workerCpuMsPerOperation: workerCpuMs,
  transitionsPerSecond: noOp,
  journalEntriesPerSecond: entries,
});
await engine.stop();
await Promise.all([control.close(), store.close(), superuser.end()]);
process.exit(0);
