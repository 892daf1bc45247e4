import "reflect-metadata";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { WorkerConfig } from "@tandem/config";
import type { StageLook } from "@tandem/engine";
import { Secret } from "@tandem/kernel";
import { signTicket } from "@tandem/secrets";
import type { SpanFacts } from "@tandem/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HealthServer } from "./health.server.ts";
import { rolloutSpans } from "./telemetry/rollout-spans.ts";
import { WorkerMetrics } from "./telemetry/worker-metrics.ts";

const ticketKey = new Secret("ticket-key-for-tests");
const look: StageLook = {
  tenantId: "t1",
  deploymentId: "d1",
  rolloutId: "019a21fc-7594-7b6d-846e-e553ef07685c",
  phase: "applying",
  event: "vendor-failure",
  code: "vendor_unavailable",
  startMs: 1000,
  endMs: 1600,
};

let server: HealthServer;
let metrics: WorkerMetrics;
let origin: string;
let isAway: boolean;
const readings = {
  ping: () => Promise.resolve(!isAway),
  livePhases: () => (isAway ? Promise.reject(new Error("away")) : Promise.resolve([{ phase: "baking", rollouts: 3 }])),
  fleetStandings: () =>
    isAway
      ? Promise.reject(new Error("away"))
      : Promise.resolve([{ state: "paused" as const, code: "failure-budget", fleets: 1 }]),
  counts: () => ({ sweepFound: 2, doorbellFound: 5 }),
};

beforeEach(async () => {
  isAway = false;
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  metrics = new WorkerMetrics();
  origin = `http://127.0.0.1:${port}`;
  const config = { port, host: "127.0.0.1", ticketKey } as WorkerConfig;
  server = new HealthServer(config, metrics, readings);
  await server.onApplicationBootstrap();
});
afterEach(() => server.onApplicationShutdown());

const ticket = (key = ticketKey, purpose: "operations" | "trial" = "operations") =>
  signTicket(key, purpose, {}, Date.now() + 60_000);
const scrape = (bearer?: string) =>
  fetch(`${origin}/metrics`, bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } });

test("metrics need an operator's ticket; to others there is nothing", async () => {
  for (const bearer of [undefined, "none", ticket(new Secret("other-key-for-tests")), ticket(ticketKey, "trial")])
    expect((await scrape(bearer)).status).toBe(404);
  expect((await scrape(ticket())).status).toBe(200);
  expect((await fetch(`${origin}/ready`)).status).toBe(200);
  expect((await fetch(`${origin}/other`)).status).toBe(404);
});

test("availability, rollouts by phase, fleet rollouts by state, stages and what was taken out are told", async () => {
  metrics.look(look);
  metrics.removed([{ tenantId: "t1", texts: 4, callers: 1, callBacks: 2 }]);
  await scrape(ticket());
  const text = await (await scrape(ticket())).text();
  for (const line of [
    "tandem_worker_available 1",
    'tandem_worker_rollouts{phase="baking"} 3',
    'tandem_worker_fleet_rollouts{state="paused",code="failure-budget"} 1',
    'tandem_worker_stage_reasons_total{phase="applying",code="vendor_unavailable"} 1',
    'tandem_worker_stage_seconds_sum{phase="applying"} 0.6',
    'tandem_worker_work_found_total{by="doorbell"} 5',
    'tandem_worker_retention_removed_total{what="texts"} 4',
    'tandem_worker_retention_removed_total{what="call-backs"} 2',
  ])
    expect(text).toContain(line);
});

test("a database that is away shows as not available, and no phase is made up", async () => {
  await scrape(ticket());
  isAway = true;
  const text = await (await scrape(ticket())).text();
  expect(text).toContain("tandem_worker_available 0");
  expect(text).not.toContain('phase="baking"');
  expect(text).not.toContain('state="paused"');
});

test("a look is a span of its rollout's trace, with ids and codes only", () => {
  const told: SpanFacts[] = [];
  const keep = { keeps: () => true, tell: (span: SpanFacts) => `${told.push(span)}`, close: () => Promise.resolve() };
  rolloutSpans(keep)(look);
  expect(told).toEqual([
    {
      traceId: "019a21fc75947b6d846ee553ef07685c",
      parentId: null,
      name: "rollout applying",
      startMs: 1000,
      endMs: 1600,
      hasFailed: true,
      attributes: expect.objectContaining({ "tandem.event": "vendor-failure", "tandem.code": "vendor_unavailable" }),
    },
  ]);
});
