// Fleet: how many small deployments per second one worker moves to a new version, on a durable PostgreSQL, with vendors that answer at
// once and no watch. Aim (issue 4 §4): ≥ 10 deployments/s. `--deployments=<n>`, `--rounds=<n>`, `--concurrency=<n>`.
import { setTimeout as sleep } from "node:timers/promises";
import { loadavg } from "node:os";
import { begunLine, createEngine, FleetRunner } from "@tandem/engine";
import { idMaker, systemClock, systemRng } from "@tandem/kernel";
import { openControlStore, openFleetWork, openRolloutStore } from "@tandem/store";
import pg from "pg";
import { instantIngress, instantVendors } from "./engine/fleet.ts";
import { compileSmall, makeMembers, publish } from "./fleet/members.ts";
import { postgresCpuMs } from "./fleet/postgres-cpu.ts";
import { bar, median, report } from "./measure.ts";
import { platform } from "./world/tenant.ts";

const flag = (name: string, fallback: number): number =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
const DEPLOYMENTS = flag("deployments", 1000);
const ROUNDS = flag("rounds", 3);
const FLEET_CONCURRENCY = flag("fleet-concurrency", 40);
const WORKER_CONCURRENCY = flag("concurrency", 8);
const LOOK_MS = 200;

const superuser = new pg.Pool({ connectionString: process.env["TANDEM_BENCH_SUPERUSER_URL"], max: 8 });
const url = process.env["TANDEM_BENCH_WORKER_URL"] ?? "";
const control = openControlStore({ url: process.env["TANDEM_BENCH_API_URL"] ?? "" });
const store = openRolloutStore({ url, maxConnections: 10 });
const work = openFleetWork({ url, maxConnections: 4 });
const troubles: string[] = [];
const note = (fields: unknown, message: string) => void troubles.push(`${message} ${JSON.stringify(fields)}`);
const log = { info: () => {}, warn: note, error: note };
const phases = new Map<string, { ms: number; looks: number }>();
const engine = createEngine({
  store,
  commands: store,
  vendors: instantVendors(),
  ingress: instantIngress(superuser),
  clock: systemClock,
  newId: idMaker(systemClock, systemRng),
  installKey: "bench",
  settings: { concurrency: WORKER_CONCURRENCY, sweepIntervalMs: 1000 },
  log,
  onLook: ({ phase, startMs, endMs }) => {
    const seen = phases.get(phase) ?? { ms: 0, looks: 0 };
    phases.set(phase, { ms: seen.ms + endMs - startMs, looks: seen.looks + 1 });
  },
});
const runner = new FleetRunner({
  work,
  workerId: "bench",
  leaseMs: 15_000,
  concurrency: 4,
  compile: compileSmall,
  ring: begunLine((tenantId, deploymentId) => engine.advance(tenantId, deploymentId), {
    atOnce: WORKER_CONCURRENCY,
    onError: (deploymentId, error) => log.error({ deploymentId, err: error }, "a begun rollout could not be moved on"),
  }),
  log,
});

interface Counters {
  readonly transactions: number;
  readonly walBytes: number;
  readonly steps: number;
  readonly audits: number;
  readonly postgresMs: number;
  readonly workerMs: number;
}

async function counters(): Promise<Counters> {
  const text = `SELECT (SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database()) AS transactions,
    (pg_current_wal_lsn() - '0/0')::float8 AS "walBytes", (SELECT count(*)::int FROM step WHERE state = 'done') AS steps,
    (SELECT count(*)::int FROM audit) AS audits`;
  const { rows } = await superuser.query<Omit<Counters, "postgresMs" | "workerMs">>(text);
  const { user, system } = process.cpuUsage();
  const none = { transactions: 0, walBytes: 0, steps: 0, audits: 0 };
  return { ...none, ...rows[0], postgresMs: await postgresCpuMs(superuser), workerMs: (user + system) / 1000 };
}

/** Moves everybody to another version; answers deployments per second. */
async function moveEverybody(round: number): Promise<{ readonly rate: number; readonly used: Counters }> {
  const wish = await publish(control, `1.${round}.0`, FLEET_CONCURRENCY);
  phases.clear();
  const before = await counters();
  const startedAt = performance.now();
  const { id } = await control.startFleet(platform, wish, null);
  for (;;) {
    await runner.runDue();
    const standing = await control.fleet(platform, id);
    if (standing?.state === "completed") break;
    if (standing?.state !== "running")
      throw new Error(`the fleet rollout is ${JSON.stringify(standing?.reason)}; ${troubles.at(-1) ?? ""}`);
    await sleep(LOOK_MS);
    await superuser.query("UPDATE fleet_rollout SET due_at = least(due_at, now()) WHERE id = $1", [id]);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await counters();
  const moved = await superuser.query(
    "SELECT 1 FROM fleet_member WHERE fleet_rollout_id = $1 AND state = 'succeeded'",
    [id],
  );
  if (moved.rowCount !== DEPLOYMENTS) throw new Error(`${moved.rowCount} of ${DEPLOYMENTS} succeeded`);
  const used = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - before[name as keyof Counters]) / DEPLOYMENTS]),
  ) as unknown as Counters;
  return { rate: DEPLOYMENTS / seconds, used };
}

console.log(`${DEPLOYMENTS} deployments of as many tenants are made …`);
await makeMembers(control, DEPLOYMENTS);
await superuser.query("ANALYZE");
const running = engine.run();
const rates: number[] = [];
const uses: Counters[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const { rate, used } = await moveEverybody(round);
  rates.push(rate);
  uses.push(used);
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `round ${round + 1}: ${rate.toFixed(1)} deployments/s, load ${load}${round === 0 ? " (first rollouts)" : ""}`,
  );
}
const middle = (name: keyof Counters): number => median(uses.map((used) => used[name]));
console.log(
  `per deployment: ${middle("transactions").toFixed(1)} transactions, ${middle("steps").toFixed(1)} vendor operations journaled, ` +
    `${middle("audits").toFixed(1)} audit rows, ${(middle("walBytes") / 1024).toFixed(0)} KiB of WAL`,
);
console.log(
  `CPU per deployment: worker ${middle("workerMs").toFixed(1)} ms, PostgreSQL ${middle("postgresMs").toFixed(1)} ms`,
);
for (const [phase, { ms, looks }] of [...phases].toSorted((a, b) => b[1].ms - a[1].ms))
  console.log(
    `  ${phase.padEnd(16)} ${(ms / DEPLOYMENTS).toFixed(1).padStart(7)} ms in ${(looks / DEPLOYMENTS).toFixed(1)} looks`,
  );
const rate = median(rates);
console.log(bar("fleet rollout", rate, "≥", 10, "deployments/s"));
report("fleet", {
  deploymentsPerSecond: rate,
  transactionsPerDeployment: middle("transactions"),
  stepsPerDeployment: middle("steps"),
  auditRowsPerDeployment: middle("audits"),
  workerCpuMsPerDeployment: middle("workerMs"),
  postgresCpuMsPerDeployment: middle("postgresMs"),
});
await engine.stop();
await running;
await runner.stop();
await Promise.all([control.close(), store.close(), work.close(), superuser.end()]);
process.exit(0);
