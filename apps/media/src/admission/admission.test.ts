import { makeLogger } from "@tandem/telemetry";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { bundleOf, deploymentOf, greenBundle, slotWith } from "../../test-support/fixtures.ts";
import { type Harness, INGRESS_KEY, startHarness } from "../../test-support/node-harness.ts";
import { loadReader } from "./load-reading.ts";
import { LoadWatch } from "./load-watch.ts";
import { MemoryTrend } from "./memory-trend.ts";

const lines: { readonly level: number; readonly signal?: string }[] = [];
const log = makeLogger({ app: "media", level: "silent", isPretty: false });
const listening = Object.assign(Object.create(log) as typeof log, {
  error: (facts: { signal: string }) => lines.push({ level: 50, ...facts }),
  warn: (facts: { signal: string }) => lines.push({ level: 40, ...facts }),
  info: (facts: { signal: string }) => lines.push({ level: 30, ...facts }),
});
const watchOf = (openCalls = 0) => new LoadWatch({ maxCalls: 10, openCalls: () => openCalls, log: listening });
const calm = { memoryRatio: 0.3, lagMs: 1, busyRatio: 0.1 };

beforeEach(() => lines.splice(0));

describe("a node's load", () => {
  test("is the highest of its shares, and says which", () => {
    const watch = watchOf(11);
    watch.take({ atMs: 0, ...calm });
    expect(watch.load).toMatchObject({ limitedBy: "calls", effective: 1.1, signal: "none" });
    const slow = watchOf(1);
    for (let second = 0; second < 60; second += 1) slow.take({ atMs: second * 1000, ...calm, lagMs: 400 });
    expect(slow.load).toMatchObject({ limitedBy: "lag" });
    expect(slow.load.effective).toBeGreaterThan(1.9);
  });

  test("one slow second is none", () => {
    const watch = watchOf(1);
    for (let second = 0; second < 20; second += 1) watch.take({ atMs: second * 1000, ...calm });
    watch.take({ atMs: 21_000, memoryRatio: 0.3, lagMs: 900, busyRatio: 1 });
    expect(watch.load.effective).toBeLessThan(1);
  });

  test("memory: above 70 % no room and the signal to scale, above 80 % an alert, each told once", () => {
    const watch = watchOf();
    for (const [second, memoryRatio] of [0.5, 0.71, 0.72, 0.81, 0.82, 0.5].entries())
      watch.take({ atMs: second * 1000, ...calm, memoryRatio });
    expect(lines.map(({ level, signal }) => [level, signal])).toEqual([
      [40, "scale"],
      [50, "alert"],
      [30, "none"],
    ]);
    watch.take({ atMs: 9000, ...calm, memoryRatio: 0.7 });
    expect(watch.hasRoom).toBe(false);
  });

  test("memory that will cross 70 % in five minutes asks for another node before it does", () => {
    const watch = watchOf();
    for (let minute = 0; minute <= 5; minute += 0.2)
      watch.take({ atMs: minute * 60_000, ...calm, memoryRatio: 0.4 + minute * 0.035 });
    expect(watch.load).toMatchObject({ signal: "pre-scale" });
    expect(watch.hasRoom).toBe(true);
  });

  test("a straight line is foreseen exactly, and no trend is told from little", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.6, noNaN: true }),
        fc.double({ min: -0.01, max: 0.01, noNaN: true }),
        (base, perMinute) => {
          const trend = new MemoryTrend();
          for (let n = 0; n < 30; n += 1) {
            expect(n < 12 ? trend.foresee(60_000) : 0).toEqual(n < 12 ? null : 0);
            trend.add(n * 10_000, base + (n / 6) * perMinute);
          }
          expect(trend.foresee(300_000)).toBeCloseTo(base + (29 / 6 + 5) * perMinute, 6);
        },
      ),
    );
  });

  test("what the process says of itself is within its bounds", async () => {
    const reader = loadReader();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const until = performance.now() + 60;
    while (performance.now() < until); // a busy thread is seen as one
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { memoryRatio, lagMs, busyRatio } = reader.read();
    reader.close();
    expect(memoryRatio).toBeGreaterThan(0);
    expect(memoryRatio).toBeLessThan(1);
    expect(lagMs).toBeGreaterThan(20);
    expect(busyRatio).toBeGreaterThan(0.3);
  });
});

describe("calls that are too many", () => {
  let harness: Harness;
  const agent = {
    kind: "tandem",
    language: "en-US",
    endpointingMs: 400,
    audio: { encoding: "mulaw", sampleRateHz: 8000 },
  } as const;
  const blue = bundleOf("blue", { agent });
  const start = async (change: { maxCalls?: number; tenantCalls?: number }) => {
    harness = await startHarness(change);
    const slots = { blue: slotWith(blue, "agent_blue"), green: slotWith(greenBundle, "agent_green") };
    harness.feed.put(deploymentOf({ connections: harness.connections, slots }), blue, greenBundle);
    harness.feed.onMove?.("d1");
    await eventually(() => expect(harness.node.state().deployments).toHaveLength(1));
  };
  const answer = async (n: number) =>
    (await harness.carrier(`/voice/${INGRESS_KEY}`, { CallSid: `CA${n}`, From: `+1555000000${n}` })).document;

  afterEach(() => harness.stop());

  test.each([
    ["the node", { maxCalls: 2 }, "node-calls"],
    ["their tenant", { tenantCalls: 2 }, "tenant-calls"],
  ])("for %s get the fallback number, and the session says why", async (_name, change, reason) => {
    await start(change);
    expect(await answer(1)).toContain("<Stream ");
    expect(await answer(2)).toContain("<Stream ");
    expect(await answer(3)).toContain("+15550100030");
    await eventually(() =>
      expect(harness.writer.of("call-decided").at(-1)?.payload).toEqual({ decision: "fallback", reason }),
    );
    await harness.carrier(`/voice/${INGRESS_KEY}/status`, {
      CallSid: "CA1",
      CallStatus: "completed",
      From: "+15550000001",
    });
    await harness.carrier(`/voice/${INGRESS_KEY}/status`, {
      CallSid: "CA3",
      CallStatus: "completed",
      From: "+15550000003",
    });
    expect(await answer(4)).toContain("<Stream ");
  });
});
