import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pastCall, turnOf } from "../../test-support/past-call.ts";
import { newDeployment, newTenant, openWorld, type Served, type World } from "../../test-support/world.ts";
import { openSessionWriter, type OpenSessionWriter } from "../index.ts";

const START_MS = Date.now() - 3_600_000;
const span = { fromMs: START_MS - 60_000, toMs: START_MS + 3_600_000 };
const page = { limit: 50, cursor: null };

let world: World;
let writer: OpenSessionWriter;
let mine: Served;
beforeAll(async () => {
  world = await openWorld();
  writer = openSessionWriter({ url: world.database.mediaUrl });
  mine = await newDeployment(world, await newTenant(world));
  const calls = Array.from({ length: 100 }, (_, index) =>
    pastCall(mine, { startedAtMs: START_MS + index * 1000, bundleHash: index < 90 ? "new" : "old" }, [
      ["stream-started", { attempt: 1 }],
      turnOf(0, 9000),
      turnOf(1, index + 1),
      ["stream-ended", { seconds: 30 }],
    ]),
  );
  const hosted = pastCall(mine, { startedAtMs: START_MS, slot: "green", bundleHash: "hosted", region: "eu" }, [
    ["agent-call-started", {}],
    ["turn-ended", { turn: 1, source: "vendor-reported", latency: { totalMs: 1 }, wasSpeculative: false }],
    ["agent-call-analyzed", { "latency.e2e.p50": 700, "latency.e2e.p95": 900, sentiment: "latency" }],
  ]);
  const trial = pastCall(mine, { startedAtMs: START_MS, kind: "trial", sessionId: "trial-1", disposition: "trial" }, [
    turnOf(1, 5000),
    ["handed-off", { to: "human", summary: "wants [name]" }],
  ]);
  for (const batch of [...calls, hosted, trial]) await writer.write(batch);
});
afterAll(async () => {
  await writer.close();
  await world.close();
});

describe("latency", () => {
  const read = (kind: "live" | "trial" = "live", deploymentId: string | null = mine.deployment.id) =>
    world.control.latency(mine.actor, { deploymentId, kind, span });

  test("is told per release, slot, region and component, without openings", async () => {
    const { measured } = await read();
    const total = measured.filter(({ component }) => component === "totalMs");
    expect(total.map(({ release, turns }) => [release, turns])).toEqual([
      ["new", 90],
      ["old", 10],
    ]);
    expect(total[0]).toMatchObject({ slot: "blue", region: "local", p50Ms: 45.5, p95Ms: 85.55, p99Ms: 89.11 });
    expect(measured.map(({ component }) => component)).toContain("transcribeMs");
  });

  test("keeps what the vendor reports apart", async () => {
    const { measured, vendorReported } = await read();
    expect(measured.filter(({ release }) => release === "hosted")).toEqual([]);
    expect(vendorReported).toEqual([
      {
        deploymentId: mine.deployment.id,
        slot: "green",
        release: "hosted",
        component: "e2e",
        medianP50Ms: 700,
        medianP95Ms: 900,
        calls: 1,
      },
    ]);
  });

  test("of trial calls is another figure, and the whole tenant can be asked for", async () => {
    expect((await read("trial")).measured.find(({ component }) => component === "totalMs")).toMatchObject({
      p50Ms: 5000,
      turns: 1,
    });
    expect((await read("live", null)).measured).toEqual((await read()).measured);
  });

  test("a window is found by the index of turns", async () => {
    await world.superuser("SET enable_seqscan = off");
    const plan = await world.superuser<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT 1 FROM session_event e WHERE tenant_id = $1 AND deployment_id = $2 AND at >= now() AND type = 'turn-ended'`,
      [mine.actor.tenantId, mine.deployment.id],
    );
    expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("session_event_turns");
  });
});

describe("calls", () => {
  test("are listed by release, slot, outcome, kind and time", async () => {
    const count = async (filter: object) =>
      (await world.control.sessions(mine.actor, mine.deployment.id, { ...page, limit: 200 }, filter)).items.length;
    expect(await count({})).toBe(102);
    expect(await count({ release: "old" })).toBe(10);
    expect(await count({ slot: "green" })).toBe(1);
    expect(await count({ kind: "trial" })).toBe(1);
    expect(await count({ outcome: "trial" })).toBe(1);
    const from = new Date(START_MS + 50_000).toISOString();
    expect(await count({ from, kind: "live" })).toBe(50);
    expect(await count({ from, to: new Date(START_MS + 60_000).toISOString() })).toBe(10);
  });

  test("pages with a filter go on where they stopped, each call once", async () => {
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const next: { items: readonly { id: string }[]; next: string | null } = await world.control.sessions(
        mine.actor,
        mine.deployment.id,
        { limit: 7, cursor },
        { release: "new" },
      );
      for (const { id } of next.items) seen.add(id);
      cursor = next.next;
    } while (cursor !== null);
    expect(seen.size).toBe(90);
  });

  test("show their events in order; words leave the database only where they are asked for", async () => {
    const without = await world.control.session(mine.actor, "trial-1", { withTexts: false });
    expect(without?.events.map(({ type }) => type)).toEqual(["turn-ended", "handed-off"]);
    expect(JSON.stringify(without)).not.toContain("[name]");
    const withTexts = await world.control.session(mine.actor, "trial-1", { withTexts: true });
    expect(withTexts?.events[0]?.payload).toMatchObject({ callerText: "my name is [name]", agentText: "hello" });
    expect(await world.control.session(mine.actor, "nobody", { withTexts: true })).toBeNull();
  });

  test("fold into figures, live ones of the span", async () => {
    const figures = await world.control.callFigures(mine.actor, mine.deployment.id, span);
    expect(figures).toHaveLength(101);
    expect(figures.find(({ release }) => release === "new")).toMatchObject({
      seconds: 60,
      wasWithAgent: true,
      agentSeconds: 30,
      turns: 1,
      speculativeTurns: 1,
    });
    const first = { fromMs: START_MS, toMs: START_MS + 1000 };
    expect(await world.control.callFigures(mine.actor, mine.deployment.id, first)).toHaveLength(2);
  });

  test("name the releases that took them, the latest first", async () => {
    const releases = await world.control.servedReleases(mine.actor, mine.deployment.id, 2);
    expect(releases.map(({ release, calls }) => [release, calls])).toEqual([
      ["old", 10],
      ["new", 90],
    ]);
  });
});
