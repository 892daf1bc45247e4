import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, Secret, systemClock } from "@tandem/kernel";
import { makeLogger } from "@tandem/telemetry";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SessionEventRow } from "@tandem/ports/store/pointer-feed";
import type { Spool } from "../spool/spool.ts";
import type { SpoolRecord } from "../spool/record.ts";
import { laneOf, ownEventNumber, vendorEventNumber } from "./event-number.ts";
import { dispositionOf, NO_FACTS } from "./live-session.ts";
import { LiveSessions } from "./live-sessions.ts";
import { SessionFile } from "./session-file.ts";
import { type LegToken, readLeg, readStamp, type SessionPin, sessionIdOf, signLeg, signStamp } from "./session-pin.ts";

const key = new Secret("ticket-key");
let records: SpoolRecord[];
let now: number;
let dataDir: string;

beforeEach(async () => {
  records = [];
  now = 1_700_000_000_000;
  dataDir = await mkdtemp(join(tmpdir(), "tandem-session-"));
});

afterEach(() => rm(dataDir, { recursive: true }));

function makeSessions(node = "node-1"): LiveSessions {
  const clock: Clock = { ...systemClock, now: () => now };
  const spool = { append: (record: SpoolRecord) => void records.push(record) } as unknown as Spool;
  return new LiveSessions({ node, spool, clock });
}

const pinOf = (callId = "CA1", change: Partial<SessionPin> = {}): SessionPin => ({
  tenantId: "t1",
  deploymentId: "d1",
  sessionId: sessionIdOf(key, "d1", callId),
  callId,
  slot: "blue",
  bundleHash: "b".repeat(64),
  generation: 4,
  kind: "live",
  startedAtMs: now,
  ...change,
});

const eventsOf = (type: string) => records.filter((record) => record.kind === "event" && record.row.type === type);

test("a call has one session id everywhere, in UUID form", () => {
  expect(sessionIdOf(key, "d1", "CA1")).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(sessionIdOf(key, "d1", "CA1")).toBe(sessionIdOf(key, "d1", "CA1"));
  expect(sessionIdOf(key, "d2", "CA1")).not.toBe(sessionIdOf(key, "d1", "CA1"));
});

test("stamp and leg token carry the pin, are bound to their purpose and end after the longest call", () => {
  const leg: LegToken = { ...pinOf(), leg: "agent", attempt: 2 };
  expect(readLeg(key, signLeg(key, leg), now)).toEqual(leg);
  expect(readStamp(key, signStamp(key, pinOf()), now)).toEqual(pinOf());
  expect(readStamp(key, signLeg(key, leg), now)).toBeNull();
  expect(readLeg(key, signStamp(key, pinOf()), now)).toBeNull();
  expect(readLeg(key, signLeg(key, leg), now + 5 * 3_600_000)).toBeNull();
});

test("event numbers of one session never repeat, whatever the clock does, and lanes keep nodes apart", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 4 * 3_600_000 }), { maxLength: 50 }),
      fc.nat(63),
      (times, lane) => {
        let previous = -1;
        for (const time of times) {
          const next = ownEventNumber(0, time, lane, previous);
          expect(next).toBeGreaterThan(previous);
          expect(next % 64).toBe(lane);
          expect(next).toBeLessThan(2 ** 30);
          previous = next;
        }
      },
    ),
  );
  expect(vendorEventNumber("CA1/completed/3")).toBe(vendorEventNumber("CA1/completed/3"));
  expect(vendorEventNumber("x")).toBeGreaterThanOrEqual(2 ** 30);
  expect(laneOf("node-1")).toBeLessThan(64);
});

test("a carrier's retry finds the session it has; the pin never changes", () => {
  const sessions = makeSessions();
  const first = sessions.open(pinOf(), "+15550000001", {});
  const again = sessions.open(pinOf("CA1", { slot: "green", generation: 5 }), "+15550000001", {});
  expect(again).toBe(first);
  expect(again.slot).toBe("blue");
  expect(eventsOf("call-answered")).toHaveLength(1);
});

test("a doubled report is recorded once and an end is final", () => {
  const sessions = makeSessions();
  const session = sessions.open(pinOf(), null, {});
  expect(sessions.recordReport(session, "carrier-status", "CA1/completed", {})).toBe(true);
  expect(sessions.recordReport(session, "carrier-status", "CA1/completed", {})).toBe(false);
  sessions.end(session, now + 5000);
  sessions.end(session, now + 9000, "lost");
  expect(session).toMatchObject({ disposition: "abandoned", endedAtMs: now + 5000 });
  expect(eventsOf("call-ended")).toHaveLength(1);
  expect(sessions.live()).toEqual([]);
});

test("what became of a call long after its end is told of that call, and told twice it is the same event", () => {
  const call = { tenantId: "t1", deploymentId: "d1", sessionId: "forgotten" };
  for (const key of ["a-1.wav", "a-1.wav", "a-2.wav"])
    makeSessions().recordPast(call, "recording-removed", { key, bytes: 5 });
  const told = records.filter(({ kind }) => kind === "event").map(({ row }) => row as SessionEventRow);
  expect(told).toMatchObject([call, call, call]);
  expect(told.map(({ payload }) => payload["bytes"])).toEqual([5, 5, 5]);
  const [first, again, other] = told.map(({ seq }) => seq);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test("calls count on their slot while they last, trials apart, and none for ever", () => {
  const sessions = makeSessions();
  sessions.open(pinOf("CA1"), null, {});
  sessions.open(pinOf("CA2", { kind: "trial" }), null, {});
  expect(sessions.countOn("d1", "blue")).toBe(1);
  now += 6 * 60_000;
  sessions.sweep();
  expect(sessions.live("trial")).toEqual([]);
  now += 4 * 3_600_000;
  sessions.sweep();
  expect(sessions.countOn("d1", "blue")).toBe(0);
  expect(sessions.get(pinOf("CA1").sessionId)?.disposition).toBe("lost");
  now += 11 * 60_000;
  sessions.sweep();
  expect(sessions.all()).toEqual([]);
});

test("minutes count calls in progress; a dropped caller is remembered for ten minutes", () => {
  const sessions = makeSessions();
  const session = sessions.open(pinOf(), "+15550000001", {});
  now += 90_000;
  expect(sessions.secondsToday("d1", "+15550000001")).toBe(90);
  sessions.note(session, { hasDropped: true, answeredLegs: ["agent"] });
  sessions.end(session, now);
  expect(sessions.secondsToday("d1", "+15550000001")).toBe(90);
  expect(sessions.ledger.droppedWithin("d1", "+15550000001", now + 599_000)).toMatchObject({ slot: "blue" });
  expect(sessions.ledger.droppedWithin("d1", "+15550000001", now + 601_000)).toBeNull();
  expect(sessions.secondsToday("d2", "+15550000001")).toBe(0);
});

test("a restart takes the calls back", async () => {
  const before = makeSessions();
  const log = makeLogger({ app: "media", level: "silent", isPretty: false });
  const fileOf = (sessions: LiveSessions, key = "key of this installation") =>
    new SessionFile({ dataDir, sessions, ticketKey: new Secret(key), log });
  const file = fileOf(before);
  await file.load();
  const session = before.open(pinOf(), "+15550000001", {});
  before.recordReport(session, "carrier-status", "CA1/ringing", {});
  before.ledger.addSeconds("d1", "+15550000002", 60, now);
  await file.flush();
  const after = makeSessions();
  await fileOf(after).load();
  const restored = after.get(session.sessionId);
  expect(restored).toMatchObject({ slot: "blue", generation: 4, from: "+15550000001" });
  expect(restored?.seen.has("CA1/ringing")).toBe(true);
  expect(after.secondsToday("d1", "+15550000002")).toBe(60);

  const kept = await Promise.all(
    ["sessions.json", "callers.json"].map((name) => readFile(join(dataDir, name), "utf8")),
  );
  expect(kept.join()).not.toMatch(/1555000000|blue/);
  const stranger = makeSessions();
  await fileOf(stranger, "another key").load();
  expect(stranger.all()).toEqual([]);
  await writeFile(join(dataDir, "sessions.json"), JSON.stringify([{ ...session, seen: [], toolReplies: [] }]));
  const newer = makeSessions();
  await fileOf(newer).load();
  expect(newer.get(session.sessionId), "kept by a version that did not seal").toMatchObject({ from: "+15550000001" });
});

test.each([
  [{}, "abandoned"],
  [{ answeredLegs: ["agent"] }, "handled"],
  [{ answeredLegs: ["agent"], hasDropped: true }, "dropped"],
  [{ answeredLegs: ["agent"], bookingId: "e1", hasDropped: true }, "booked"],
  [{ answeredLegs: ["agent"], handedOffTo: "human" }, "transferred"],
  [{ handedOffTo: "emergency", bookingId: "e1" }, "emergency"],
  [{ answeredLegs: ["fallback"], hasDropped: true }, "fallback"],
  [{ answeredLegs: ["staff"] }, "answered-by-staff"],
  [{ isDiverted: true, answeredLegs: ["human"] }, "diverted"],
  [{ isRefused: true }, "refused"],
] as const)("%o is %s", (facts, disposition) => {
  expect(dispositionOf("live", { ...NO_FACTS, ...facts })).toBe(disposition);
});

test("a smoke call is bounded by minutes; a person at a browser may talk as long as callers may, and is waited for, but is on no slot", () => {
  const sessions = makeSessions();
  sessions.open(pinOf("CA1", { kind: "trial" }), null, {});
  const talk = sessions.open(pinOf("CA2", { kind: "trial", isTalk: true }), null, {});
  const call = sessions.open(pinOf("CA3"), "+15550000001", {});
  expect(sessions.attended()).toEqual([talk, call]);
  expect(sessions.countOn("d1", "blue")).toBe(1);
  now += 6 * 60_000;
  sessions.sweep();
  expect(eventsOf("call-ended")).toHaveLength(1);
  expect(sessions.live("trial")).toEqual([talk]);
  now += 4 * 3_600_000;
  sessions.sweep();
  expect(talk).toMatchObject({ disposition: "trial" });
  expect(sessions.attended()).toEqual([]);
});
