import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConversationState } from "@tandem/agent";
import { Secret, systemClock } from "@tandem/kernel";
import { makeLogger } from "@tandem/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LiveSession, NO_FACTS } from "../session/live-session.ts";
import { CallerMemory } from "./caller-memory.ts";

const log = makeLogger({ app: "media", level: "silent", isPretty: false });
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
let dataDir: string;
let nowMs = 1_800_000_000_000;
const open = async (key = "key") => {
  const clock = { ...systemClock, now: () => nowMs };
  const memory = new CallerMemory({ dataDir, ticketKey: new Secret(key), clock, log });
  await memory.load();
  return memory;
};
const session = (
  sessionId: string,
  from: string | null = "+15550000001",
  kind: "live" | "trial" = "live",
): LiveSession => ({
  tenantId: "t1",
  deploymentId: "d1",
  sessionId,
  callId: "CA1",
  slot: "blue",
  bundleHash: "h",
  generation: 1,
  kind,
  startedAtMs: nowMs,
  from,
  facts: NO_FACTS,
  faults: [],
  agentCallId: null,
  endedAtMs: null,
  disposition: null,
  seq: -1,
  briefing: null,
  lastWrites: {},
  seen: new Set(),
  toolReplies: new Map(),
  made: [],
});
const state: ConversationState = {
  objective: "book",
  facts: [{ field: "name", value: "Canary Person", isConfirmed: true }],
  transcript: [{ who: "caller", text: "I am Canary Person", at: "2026-11-28T00:00:00.000Z" }],
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "tandem-memory-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

test("another leg of the same call goes on where the first left off, also after the node was killed", async () => {
  const memory = await open();
  memory.note(session("s1"), state);
  await memory.flush();
  const again = await open();
  expect(again.recall(session("s1"))).toEqual({ resumed: state, remembered: [] });
  expect(again.recall(session("s2", "+15550000002"))).toEqual({ resumed: null, remembered: [] });
});

test("a dropped caller who rings back within ten minutes is known, later is not", async () => {
  const memory = await open();
  memory.settle(session("s1"), state, { isDropped: true, days: 0 });
  nowMs += 9 * MINUTE_MS;
  expect(memory.recall(session("s2")).remembered).toEqual(state.facts);
  nowMs += 2 * MINUTE_MS;
  expect(memory.recall(session("s3")).remembered).toEqual([]);
});

test("facts of a whole call are kept for the days of the policy, by deployment and caller; nothing without one", async () => {
  const memory = await open();
  memory.note(session("s1"), state);
  memory.settle(session("s1"), state, { isDropped: false, days: 30 });
  expect(memory.recall(session("s1"))).toEqual({ resumed: null, remembered: state.facts });
  expect(memory.recall({ ...session("s2"), deploymentId: "d2" }).remembered).toEqual([]);
  expect(memory.recall(session("s2", null)).remembered).toEqual([]);
  nowMs += 31 * DAY_MS;
  memory.sweep();
  expect(memory.recall(session("s3")).remembered).toEqual([]);
  memory.settle(session("s4"), state, { isDropped: false, days: 0 });
  memory.settle(session("s5", "+15550000005", "trial"), state, { isDropped: false, days: 30 });
  await memory.flush();
  expect(await readFile(join(dataDir, "memory.json"), "utf8")).toBe("[]");
});

test("what a lead told is known from the start of the call, before what an earlier one left, and gone with it", async () => {
  const memory = await open();
  memory.settle(
    session("s1"),
    { ...state, facts: [...state.facts, { field: "need", value: "old", isConfirmed: true }] },
    {
      isDropped: false,
      days: 30,
    },
  );
  const told = [{ field: "need", value: "Canary dashboards", isConfirmed: false }];
  memory.noteLead(session("s2"), told);
  await memory.flush();
  expect(await readFile(join(dataDir, "memory.json"), "utf8")).not.toContain("Canary");
  const again = await open();
  expect(again.recall(session("s2"))).toEqual({ resumed: null, remembered: [...told, ...state.facts] });
  expect(again.recall(session("s3", "+15550000009")).remembered).toEqual([]);
  again.settle(session("s2"), null, { isDropped: false, days: 0 });
  expect(again.recall(session("s2")).remembered).not.toContainEqual(told[0]);
});

test("neither callers nor what they said can be read on disk, and another key opens nothing", async () => {
  const memory = await open();
  memory.note(session("s1"), state);
  memory.settle(session("s2"), state, { isDropped: false, days: 3 });
  await memory.flush();
  expect(await readFile(join(dataDir, "memory.json"), "utf8")).not.toMatch(/Canary|15550000001|book/);
  expect((await open("other")).recall(session("s1"))).toEqual({ resumed: null, remembered: [] });
});
