// Read endpoint: key check, tenant, one row, JSON, 50 connections. Bars (issue 2 §6): ≥ 2.5 × Nest-Fastify + Prisma findUnique,
// ≥ 0.6 × node:http + pg; the cost of row security stated apart. Rates depend on who else uses the machine; the CPU time that each
// server itself spends on a request hardly does.
import { readdirSync, readFileSync } from "node:fs";
import { openControlStore } from "@tandem/store";
import { bar, interleave, median, report } from "./measure.ts";
import { requestsPerSecond } from "./read/load.ts";
import { start } from "./world/child.ts";
import { apiEnvironment, newTenant } from "./world/tenant.ts";

const ROUNDS = 5;
const CONNECTIONS = 50;
const DURATION_MS = 2500;
const NAMES = ["ours", "nest-prisma", "http-pg", "http-pg-scoped"] as const;

const store = openControlStore({ url: process.env["TANDEM_BENCH_API_URL"] ?? "" });
const { actor, key } = await newTenant(store, "viewer");
const wish = { name: "read-bench", playbook: "bench", environment: "development", number: null } as const;
const deployment = await store.createDeployment(actor, { ...wish, connections: {}, overlay: {} });
await store.close();

/** Nanoseconds on a core of all threads of a process; 0 where there is no /proc. */
function cpuNs(pid: number): number {
  if (process.platform !== "linux") return 0;
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, id) => sum + Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]),
    0,
  );
}

const environment = await apiEnvironment();
const cpuMicros: Record<string, number[]> = {};
const contestants = await Promise.all(
  NAMES.map(async (name) => {
    const program = new URL("read/servers.ts", import.meta.url);
    const { child, ready } = await start<{ port: number }>(program, { ...environment, TANDEM_BENCH_SERVER: name });
    const path =
      name === "ours" ? `/v1/deployments/${deployment.id}/summary` : `/read/${actor.tenantId}/${deployment.id}`;
    const target = { port: ready.port, path, authorization: `Bearer ${key}` };
    const run = async () => {
      const before = cpuNs(child.pid ?? 0);
      const rate = await requestsPerSecond(target, CONNECTIONS, DURATION_MS);
      (cpuMicros[name] ??= []).push((cpuNs(child.pid ?? 0) - before) / rate / DURATION_MS);
      return rate;
    };
    return { name, run, child };
  }),
);
try {
  const figures = await interleave(contestants, ROUNDS);
  const [own = 0, nest = 1, plain = 1, scoped = 1] = NAMES.map((name) => median(figures[name] ?? []));
  const [ownCpu = 0, nestCpu = 0, plainCpu = 1] = NAMES.map((name) => median((cpuMicros[name] ?? []).slice(1)));
  for (const name of NAMES) {
    const rate = Math.round(median(figures[name] ?? [])).toLocaleString("en");
    const cpu = median((cpuMicros[name] ?? []).slice(1)).toFixed(0);
    console.log(
      `${name.padEnd(16)} ${rate.padStart(8)} requests/s ${cpu.padStart(6)} µs CPU of the server per request`,
    );
  }
  console.log(bar("ours / Nest-Fastify + Prisma findUnique", own / nest, "≥", 2.5));
  console.log(bar("ours / node:http + pg", own / plain, "≥", 0.6));
  console.log(
    `server CPU per request: ${(nestCpu / ownCpu).toFixed(2)} × less than Nest-Fastify + Prisma, ${(ownCpu / plainCpu).toFixed(2)} × node:http + pg`,
  );
  console.log(
    `row security: the same node:http server with our function instead of a plain SELECT reaches ${(scoped / plain).toFixed(2)} × of it`,
  );
  report("read", {
    overNestPrisma: own / nest,
    overHttpPg: own / plain,
    scopedOverPlain: scoped / plain,
    nestCpuOverOurs: nestCpu / ownCpu,
  });
} finally {
  for (const { child } of contestants) child.kill("SIGKILL");
}
process.exit(0);
