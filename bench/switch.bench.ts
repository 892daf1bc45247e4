// Switch and rollback: API call → new pointer in the memory of the slowest of 4 media processes. Bars (issue 2 §6): p50 ≤ 1.5 × a bare
// commit + NOTIFY in the same run, p99 ≤ 12 ms.
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import pg from "pg";
import { openControlStore } from "@tandem/store";
import { bar, interleave, median, quantile, report } from "./measure.ts";
import { audience } from "./switch/audience.ts";
import { bakingDeployment } from "./switch/baking.ts";
import { start } from "./world/child.ts";
import { apiEnvironment, newTenant } from "./world/tenant.ts";

const ROUNDS = 5;
const MOVES = 60;
const PROCESSES = 4;

const superuser = new pg.Client(process.env["TANDEM_BENCH_SUPERUSER_URL"]);
await superuser.connect();
await superuser.query("DROP TABLE IF EXISTS bench_floor");
await superuser.query("CREATE TABLE bench_floor AS SELECT 1 AS id, 0 AS generation, 'blue' AS slot");
const store = openControlStore({ url: process.env["TANDEM_BENCH_API_URL"] ?? "" });
const { actor, key } = await newTenant(store, "operator");
const { deployment, bakeAgain } = await bakingDeployment(store, actor, superuser);

const api = await start<{ port: number }>(new URL("switch/api.ts", import.meta.url), await apiEnvironment());
const media = await audience(new URL("switch/media.ts", import.meta.url), PROCESSES);
const listeners = await audience(new URL("switch/listener.ts", import.meta.url), PROCESSES);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function post(action: string): Promise<void> {
  const body = JSON.stringify({ reason: "bench" });
  const headers = {
    authorization: `Bearer ${key}`,
    "idempotency-key": randomUUID(),
    "content-type": "application/json",
    "content-length": body.length,
  };
  return new Promise((resolve, reject) => {
    const path = `/v1/deployments/${deployment.id}/${action}`;
    const sent = request(
      { host: "127.0.0.1", port: api.ready.port, method: "POST", path, headers, agent },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => (response.statusCode === 200 ? resolve() : reject(new Error(`${action}: ${text}`))));
      },
    );
    sent.on("error", reject).end(body);
  });
}

const nextGeneration = async (): Promise<string> => {
  const { rows } = await superuser.query<{ generation: number }>("SELECT generation FROM deployment WHERE id = $1", [
    deployment.id,
  ]);
  return String((rows[0]?.generation ?? 0) + 1);
};

const times: Record<string, number[]> = { divert: [], rollback: [], bare: [], "one statement": [] };

/** The median of a round; each move is kept for the tails. */
async function round(name: string, move: (index: number) => Promise<number>): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < MOVES; index++) taken.push(await move(index));
  times[name]?.push(...taken);
  return median(taken);
}

let floor = 0;
const bareStatements = async (): Promise<void> => {
  await superuser.query("BEGIN");
  await superuser.query({
    name: "floor-move",
    text: "UPDATE bench_floor SET generation = $1, slot = $2 WHERE id = 1 AND generation = $1 - 1",
    values: [floor, floor % 2 === 0 ? "blue" : "green"],
  });
  await superuser.query({ name: "floor-notify", text: "SELECT pg_notify('bench_floor', $1)", values: [String(floor)] });
  await superuser.query("COMMIT");
};
const oneStatement = async (): Promise<void> => {
  const text =
    "WITH moved AS (UPDATE bench_floor SET generation = $1, slot = $2 WHERE id = 1 AND generation = $1 - 1 RETURNING generation) SELECT pg_notify('bench_floor', generation::text) FROM moved";
  await superuser.query({ name: "floor-one", text, values: [floor, floor % 2 === 0 ? "blue" : "green"] });
};

const contestants = [
  { name: "bare", run: () => round("bare", () => listeners.slowest(String(++floor), bareStatements)) },
  {
    name: "divert",
    run: () =>
      round("divert", async (index) =>
        media.slowest(await nextGeneration(), () => post(index % 2 === 0 ? "divert" : "undivert")),
      ),
  },
  { name: "one statement", run: () => round("one statement", () => listeners.slowest(String(++floor), oneStatement)) },
  {
    name: "rollback",
    run: () =>
      round("rollback", async () => {
        await bakeAgain();
        return media.slowest(await nextGeneration(), () => post("rollback"));
      }),
  },
];

const medians = await interleave(contestants, ROUNDS);
const p50 = Object.fromEntries(Object.entries(medians).map(([name, values]) => [name, median(values)]));
for (const [name, all] of Object.entries(times)) {
  const counted = all.slice(MOVES); // without the round that does not count
  console.log(
    `${name.padEnd(14)} p50 ${p50[name]?.toFixed(2).padStart(6)} ms   p99 ${quantile(counted, 0.99).toFixed(2).padStart(6)} ms   of ${counted.length}`,
  );
}
const { divert = 0, rollback = 0, bare = 1, "one statement": one = 1 } = p50;
const tail = (name: string): number => quantile((times[name] ?? []).slice(MOVES), 0.99);
console.log(bar("divert p50 / bare commit + NOTIFY", divert / bare, "≤", 1.5));
console.log(bar("rollback p50 / bare commit + NOTIFY", rollback / bare, "≤", 1.5));
console.log(bar("divert p99", tail("divert"), "≤", 12, "ms"));
console.log(bar("rollback p99", tail("rollback"), "≤", 12, "ms"));
console.log(
  `for orientation: the floor in one statement takes ${(one / bare).toFixed(2)} × of the bare transaction, its p99 ${tail("one statement").toFixed(2)} ms; the bare p99 ${tail("bare").toFixed(2)} ms`,
);
report("switch", {
  divertOverBare: divert / bare,
  rollbackOverBare: rollback / bare,
  divertP99Ms: tail("divert"),
  rollbackP99Ms: tail("rollback"),
  bareP50Ms: bare,
  bareP99Ms: tail("bare"),
});
media.close();
listeners.close();
api.child.kill("SIGKILL");
await Promise.all([store.close(), superuser.end()]);
process.exit(0);
