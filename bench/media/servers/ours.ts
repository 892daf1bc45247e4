// The media node as it is deployed, all of it: webhooks, tickets, sessions, spool, metrics, recording, voice detection, chains, breakers.
// Only the database is a memory. `TANDEM_BENCH_ENGINE=relay` lets a conversation that asks no model answer each turn with one endless line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agents, carriers } from "@tandem/catalog/inbound";
import { Secret, systemClock } from "@tandem/kernel";
import { makeSealingKeys } from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";
import { tandemEngine } from "../../../apps/media/src/call/tandem-engine.ts";
import { startMediaNode } from "../../../apps/media/src/node/media-node.ts";
import { EnergyVad } from "../../../apps/media/src/vad/energy-vad.ts";
import { MemoryFeed } from "../../../apps/media/test-support/fixtures.ts";
import { PUBLIC_URL } from "../carrier.ts";
import { benchBundle, benchDeployment, type Release, sealedConnections } from "./deployment.ts";
import { endlessConversation } from "./endless-conversation.ts";

const provider = `http://127.0.0.1:${process.env["TANDEM_BENCH_PROVIDER_PORT"]}`;
const isRelay = process.env["TANDEM_BENCH_ENGINE"] === "relay";
const isSpeculative = process.env["TANDEM_BENCH_SPECULATIVE"] !== "no" && !isRelay;
/** How much faster than the clock the calendar goes: an hour of calls need not take an hour. */
const haste = Number(process.env["TANDEM_BENCH_HASTE"] ?? "1");

const tracesUrl = process.env["TANDEM_BENCH_TRACES_URL"] ?? "";

const dataDir = mkdtempSync(join(tmpdir(), "tandem-bench-media-"));
const keys = await makeSealingKeys("k1");
const connections = await sealedConnections(keys.publicJwk);
const bundles = { blue: benchBundle("blue", isSpeculative), green: benchBundle("green", isSpeculative) };
const feed = new MemoryFeed();
let generation = 1;
feed.put(benchDeployment(connections, bundles, { active: "blue", generation }), bundles.blue, bundles.green);

const startedAtMs = Date.now();
const engine = tandemEngine(() => new EnergyVad());
const node = await startMediaNode({
  host: "127.0.0.1",
  port: 0,
  publicUrl: PUBLIC_URL,
  node: "bench-1",
  dataDir,
  ticketKey: new Secret("bench-ticket-key"),
  sealingPrivateKey: new Secret(keys.privateJwk),
  sandboxOrigins: { twilio: provider, deepgram: provider, cartesia: provider, openai: provider },
  pollMs: 1000,
  drainMs: 0,
  toolDeadlineMs: 5000,
  reconcileMs: 3_600_000,
  maxCalls: 100_000,
  tenantCalls: 100_000,
  vendors: { carriers, agents },
  engine: isRelay ? (parts) => ({ ...engine(parts), converse: endlessConversation }) : engine,
  traces: tracesUrl === "" ? null : { url: tracesUrl, ratio: 1 },
  feed,
  writer: { write: () => Promise.resolve() },
  log: makeLogger({ app: "media", level: process.env["TANDEM_BENCH_LOG"] ?? "error", isPretty: false }),
  clock: { ...systemClock, now: () => startedAtMs + (Date.now() - startedAtMs) * haste },
});

const reached = (wanted: number): boolean => (node.state().deployments[0]?.generation ?? 0) >= wanted;

/** Moves the pointer as the database would tell it; resolves when this node answers by it. */
async function moveTo(active: Release): Promise<number> {
  generation += 1;
  feed.put(benchDeployment(connections, bundles, { active, generation }));
  feed.onMove?.("d1");
  while (!reached(generation)) await new Promise(setImmediate);
  return generation;
}

process.on("message", (message: { readonly moveTo?: Release; readonly isMemoryAsked?: boolean }) => {
  if (message.isMemoryAsked === true) process.send?.(process.memoryUsage());
  if (message.moveTo !== undefined) void moveTo(message.moveTo).then((moved) => process.send?.({ moved }));
});
process.on("disconnect", () => {
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
});
process.send?.({ port: Number(new URL(node.origin).port) });
