// The whole worker as one process has it, on a real database (freshDatabase).
import "reflect-metadata";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { INestApplicationContext } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { workerConfig } from "@tandem/config";
import { makeSealingKeys, signTicket } from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openPastOffice, type PastOffice } from "../test-support/past-office.ts";
import { openParts } from "./parts.ts";
import { WorkerModule } from "./worker.module.ts";

const PATIENCE = { timeout: 20_000, interval: 50 };

let office: PastOffice;
let app: INestApplicationContext;
let origin: string;
let ticket: string;
let traces = "";
const collector = createServer((request, response) => {
  request.on("data", (chunk: Buffer) => (traces += chunk.toString()));
  request.on("end", () => response.end("{}"));
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  office = await openPastOffice();
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  const config = workerConfig({
    DATABASE_URL: office.world.database.workerUrl,
    TANDEM_WORKER_PORT: String(port),
    TANDEM_INSTALL_KEY: "install-key-for-tests",
    TANDEM_TICKET_KEY: "ticket-key-for-tests",
    TANDEM_SEALING_PRIVATE_KEY: (await makeSealingKeys("k1")).privateJwk,
    TANDEM_RETENTION_SWEEP_MS: "100",
    TANDEM_SWEEP_INTERVAL_MS: "200",
    TANDEM_OTLP_URL: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  });
  origin = `http://127.0.0.1:${port}`;
  ticket = signTicket(config.ticketKey, "operations", {}, Date.now() + 60_000);
  const logger = makeLogger({ app: "worker", level: "silent", isPretty: false });
  app = await NestFactory.createApplicationContext(WorkerModule.with(await openParts(config, logger)), {
    logger: false,
    abortOnError: false,
  });
});
afterAll(async () => {
  await app?.close();
  collector.closeAllConnections();
  collector.close();
  await office.world.close();
});

const metrics = async () =>
  (await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${ticket}` } })).text();

test("a worker takes out words past their days by itself and tells how many", async () => {
  await office.recordCall("old", 100);
  await vi.waitFor(
    async () => expect(await metrics()).toContain('tandem_worker_retention_removed_total{what="texts"} 1'),
    PATIENCE,
  );
  const kept = await office.call("old");
  expect(kept?.events[0]?.payload).toMatchObject({ areTextsRemoved: true });
});

test("a rollout that it moves is counted, timed and traced", async () => {
  const id = await office.startRollout();
  await vi.waitFor(
    async () => expect(await metrics()).toMatch(/tandem_worker_stage_looks_total\{.+\} [1-9]/),
    PATIENCE,
  );
  const text = await metrics();
  expect(text).toContain("tandem_worker_available 1");
  expect(text).toMatch(/tandem_worker_stage_seconds_count\{phase="\w+/);
  await vi.waitFor(() => expect(traces).toContain(id.replaceAll("-", "")), PATIENCE);
  expect(traces).toContain("tandem-worker");
});
