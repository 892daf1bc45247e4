import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, Secret } from "@tandem/kernel";
import type { SessionEventRow, SessionRow, SessionWriter } from "@tandem/ports/store/pointer-feed";
import { makeLogger } from "@tandem/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { openSpool, type Spool } from "./spool.ts";
import { DEFAULT_SPOOL_LIMITS } from "./spool-writer.ts";

const log = makeLogger({ app: "media", level: "silent", isPretty: false });

/** A database that keeps what it is given by (session, seq), as the real one does, and can be away. */
class KeepingWriter implements SessionWriter {
  readonly sessions = new Map<string, SessionRow>();
  readonly events = new Map<string, SessionEventRow>();
  isAway = false;
  refuses: ((row: { sessionId: string }) => boolean) | null = null;
  writes = 0;

  write(batch: Parameters<SessionWriter["write"]>[0]): Promise<void> {
    this.writes += 1;
    if (this.isAway) return Promise.reject(new AppError("database_unavailable", "no database"));
    const rows = [...batch.sessions, ...batch.events];
    if (this.refuses !== null && rows.some(this.refuses)) {
      return Promise.reject(Object.assign(new Error("violates foreign key constraint"), { code: "23503" }));
    }
    for (const row of batch.sessions) this.sessions.set(row.sessionId, row);
    for (const row of batch.events) this.events.set(`${row.sessionId}/${row.seq}`, row);
    return Promise.resolve();
  }
}

let dataDir: string;
let writer: KeepingWriter;
const open: Spool[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "tandem-spool-"));
  writer = new KeepingWriter();
});

afterEach(async () => {
  for (const spool of open.splice(0)) await spool.close(0);
  await rm(dataDir, { recursive: true });
});

async function start(limits = DEFAULT_SPOOL_LIMITS, key = "spool key"): Promise<Spool> {
  const spool = await openSpool({
    dataDir,
    writer,
    ticketKey: new Secret(key),
    log,
    limits,
    backOffMs: { first: 10, longest: 40 },
  });
  open.push(spool);
  return spool;
}

const session = (sessionId: string, from: string | null): SessionRow => ({
  tenantId: "t",
  deploymentId: "d",
  sessionId,
  callId: `CA-${sessionId}`,
  slot: "blue",
  bundleHash: "b",
  generation: 1,
  kind: "live",
  node: "node-1",
  from,
  startedAt: "2026-11-20T10:00:00.000Z",
  endedAt: null,
  disposition: null,
});

const event = (sessionId: string, seq: number): SessionEventRow => ({
  tenantId: "t",
  deploymentId: "d",
  sessionId,
  seq,
  at: "2026-11-20T10:00:00.000Z",
  type: "call-answered",
  payload: { note: "zażółć\nline" },
});

const append = (spool: Spool, from: number, to: number, isEssential = true) => {
  for (let seq = from; seq < to; seq++) spool.append({ kind: "event", row: event("s", seq) }, isEssential);
};

test("records reach the database once each, in segments that are removed afterwards", async () => {
  const spool = await start({ ...DEFAULT_SPOOL_LIMITS, segmentBytes: 2000, flushMs: 1 });
  for (let seq = 0; seq < 200; seq += 10) {
    append(spool, seq, seq + 10);
    await spool.flush();
  }
  await eventually(() => expect(writer.events.size).toBe(200));
  expect(writer.events.get("s/7")).toEqual(event("s", 7));
  await eventually(async () => expect((await segments()).length).toBeLessThanOrEqual(1));
});

test("an outage and a restart lose nothing", async () => {
  writer.isAway = true;
  const first = await start();
  append(first, 0, 500);
  await first.flush();
  await eventually(() => expect(first.state.isDelivering).toBe(false));
  await first.close(0);
  const second = await start();
  append(second, 500, 600);
  await second.flush();
  writer.isAway = false;
  await eventually(() => expect(writer.events.size).toBe(600));
  await eventually(() => expect(second.state.isDelivering).toBe(true));
});

test("whether the database has everything so far is known: also of what was left before a restart, and where nothing ever was", async () => {
  const idle = await start();
  expect(await idle.delivered(1000)).toBe(true);
  writer.isAway = true;
  append(idle, 0, 5);
  expect(await idle.delivered(60)).toBe(false);
  await idle.close(0);
  const restarted = await start();
  expect(await restarted.delivered(60), "what the last run left").toBe(false);
  writer.isAway = false;
  expect(await restarted.delivered(2000)).toBe(true);
  expect(writer.events.size).toBe(5);
  append(restarted, 5, 9);
  expect(await restarted.delivered(2000)).toBe(true);
  expect(writer.events.size).toBe(9);
});

test("a torn tail is left out and what follows is delivered", async () => {
  writer.isAway = true;
  const first = await start();
  append(first, 0, 3);
  await first.close(0);
  await appendFile(join(dataDir, "spool", (await segments())[0] as string), '0badc0de {"kind":"ev');
  writer.isAway = false;
  const second = await start();
  append(second, 3, 5);
  await eventually(() => expect([...writer.events.keys()]).toEqual(["s/0", "s/1", "s/2", "s/3", "s/4"]));
  expect(second.state.damaged).toBe(1);
});

test("a damaged line is skipped and counted", async () => {
  writer.isAway = true;
  const first = await start();
  append(first, 0, 3);
  await first.close(0);
  const path = join(dataDir, "spool", (await segments())[0] as string);
  await writeFile(path, (await readFile(path, "utf8")).replace('"seq":1', '"seq":9'));
  writer.isAway = false;
  const second = await start();
  await eventually(() => expect([...writer.events.keys()]).toEqual(["s/0", "s/2"]));
  expect(second.state.damaged).toBe(1);
});

test("what was delivered is not delivered again after a restart", async () => {
  const first = await start();
  append(first, 0, 10);
  await first.close(2000);
  expect(writer.events.size).toBe(10);
  writer.events.clear();
  const second = await start();
  append(second, 10, 11);
  await eventually(() => expect([...writer.events.keys()]).toEqual(["s/10"]));
});

test("a full spool drops and counts what is not essential, and keeps the rest", async () => {
  writer.isAway = true;
  const spool = await start({ ...DEFAULT_SPOOL_LIMITS, softLimitBytes: 1500 });
  append(spool, 0, 20, false);
  append(spool, 100, 120, true);
  expect(spool.state.dropped).toBeGreaterThan(5);
  expect(spool.state.lost).toBe(0);
  writer.isAway = false;
  await eventually(() => expect(writer.events.has("s/119")).toBe(true));
  expect([...writer.events.keys()].filter((key) => Number(key.slice(2)) >= 100)).toHaveLength(20);
});

test("a record that the database refuses is set aside; its neighbours arrive", async () => {
  writer.refuses = (row) => row.sessionId === "gone";
  const spool = await start();
  append(spool, 0, 5);
  spool.append({ kind: "event", row: event("gone", 1) }, true);
  append(spool, 5, 10);
  await eventually(() => expect(writer.events.size).toBe(10));
  expect(spool.state.quarantined).toBe(1);
  expect(await readFile(join(dataDir, "spool", "quarantine.log"), "utf8")).toContain('"sessionId":"gone"');
});

test("callers' numbers are sealed on disk and arrive in clear; under another key the calls arrive without them", async () => {
  writer.isAway = true;
  const first = await start();
  first.append({ kind: "session", row: session("s1", "+15550001234") }, true);
  first.append({ kind: "session", row: session("s2", null) }, true);
  await first.close(0);
  const files = await Promise.all((await segments()).map((name) => readFile(join(dataDir, "spool", name), "utf8")));
  expect(files.join("")).not.toContain("5550001234");
  expect(files.join("")).toContain('"sessionId":"s1"');
  const second = await start(DEFAULT_SPOOL_LIMITS, "another key");
  await second.close(0);
  writer.isAway = false;
  const third = await start();
  await eventually(() => expect(writer.sessions.get("s2")).toMatchObject({ from: null }));
  expect(writer.sessions.get("s1")).toMatchObject({ from: "+15550001234" });
  writer.isAway = true;
  third.append({ kind: "session", row: session("s3", "+15550001235") }, true);
  await third.close(0);
  writer.isAway = false;
  await start(DEFAULT_SPOOL_LIMITS, "another key");
  await eventually(() => expect(writer.sessions.get("s3")).toMatchObject({ from: null }));
});

const segments = async () =>
  (await readdir(join(dataDir, "spool"))).filter((name) => name.endsWith("0.log") || /^\d+\.log$/.test(name)).sort();
