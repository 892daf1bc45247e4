// Read endpoint: key check, tenant, one row, JSON, 50 connections. Bars (issue 2 §6): ≥ 2.5 × Nest-Fastify + Prisma findUnique,
// ≥ 0.6 × node:http + pg; the cost of row security stated apart.
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { instant, Secret } from "@tandem/kernel";
import { hashApiKeySecret, makeApiKey, makeSealingKeys } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";
import { bar, interleave, median, report } from "./measure.ts";
import { requestsPerSecond } from "./read/load.ts";

const ROUNDS = 5;
const CONNECTIONS = 50;
const DURATION_MS = 2500;

const pepper = "bench-pepper";
const made = makeApiKey("bench");
const secretHash = hashApiKeySecret(new Secret(pepper), made.secret);
const platform = {
  tenantId: null,
  subject: "system:bench",
  roles: ["platform-admin" as const],
  via: "api" as const,
  requestId: "bench",
};
const store = openControlStore({ url: process.env["TANDEM_BENCH_API_URL"] ?? "" });
const tenant = await store.createTenant(platform, { slug: `bench-${randomUUID().slice(0, 8)}`, name: "bench" });
const actor = { ...platform, tenantId: tenant.id, roles: ["tenant-admin" as const] };
await store.createApiKey(actor, {
  keyId: made.keyId,
  secretHash,
  name: "bench",
  roles: ["viewer"],
  tenantId: tenant.id,
  expiresAt: instant(Date.now() + 86_400_000),
});
const deployment = await store.createDeployment(actor, {
  name: "read-bench",
  playbook: "bench",
  environment: "development",
  number: null,
  connections: {},
  overlay: {},
});
await store.close();

const environment = {
  ...process.env,
  DATABASE_URL: process.env["TANDEM_BENCH_API_URL"],
  TANDEM_KEY_PEPPER: pepper,
  TANDEM_SEALING_PUBLIC_KEY: (await makeSealingKeys("bench")).publicJwk,
  TANDEM_REQUESTS_PER_MINUTE: "1000000",
  BENCH_KEY_ID: made.keyId,
  BENCH_KEY_HASH: secretHash,
};
const paths: Record<string, string> = {
  ours: `/v1/deployments/${deployment.id}/summary`,
  "nest-prisma": `/read/${tenant.id}/${deployment.id}`,
  "http-pg": `/read/${tenant.id}/${deployment.id}`,
  "http-pg-scoped": `/read/${tenant.id}/${deployment.id}`,
};

const children = Object.keys(paths).map((name) => ({
  name,
  child: fork(fileURLToPath(new URL("read/servers.ts", import.meta.url)), {
    env: { ...environment, TANDEM_BENCH_SERVER: name },
  }),
}));
const contestants = await Promise.all(
  children.map(async ({ name, child }) => {
    const { port } = await new Promise<{ port: number }>((resolve, reject) =>
      child
        .once("message", (message) => resolve(message as { port: number }))
        .once("exit", () => reject(new Error(`${name} did not start`))),
    );
    const target = { port, path: paths[name] ?? "", authorization: `Bearer ${made.key}` };
    return { name, run: () => requestsPerSecond(target, CONNECTIONS, DURATION_MS) };
  }),
);
try {
  const figures = await interleave(contestants, ROUNDS);
  const rate = Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]));
  for (const [name, value] of Object.entries(rate))
    console.log(`${name.padEnd(16)} ${Math.round(value).toLocaleString("en").padStart(8)} requests/s`);
  const [own = 0, nest = 1, plain = 1, scoped = 1] = ["ours", "nest-prisma", "http-pg", "http-pg-scoped"].map(
    (name) => rate[name],
  );
  console.log(bar("ours / Nest-Fastify + Prisma findUnique", own / nest, "≥", 2.5));
  console.log(bar("ours / node:http + pg", own / plain, "≥", 0.6));
  console.log(
    `row security and key check in SQL cost: ${(scoped / plain).toFixed(2)} × of node:http + pg (same server, our function instead of a plain SELECT)`,
  );
  report("read", { overNestPrisma: own / nest, overHttpPg: own / plain, scopedOverPlain: scoped / plain });
} finally {
  for (const { child } of children) child.kill("SIGKILL");
}
process.exit(0);
