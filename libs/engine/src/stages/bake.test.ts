import type { CallFacts, EvidencePolicy, EvidenceVerdict } from "@tandem/domain/evidence";
import { goodCall, noFaults, Scene } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 86_400_000;

const policy: EvidencePolicy = {
  minCalls: 20,
  extendMs: 10 * MINUTE_MS,
  whenInconclusive: "hold",
  margins: { booked: 0.5, "response-latency": 0.5 },
  falseBreachRate: 0.05,
  falsePassRate: 0.1,
};

/** A deployment whose release `one` is live, with calls of the week before at the hours that follow. */
async function servedBefore(calls: number, facts: Partial<CallFacts> = {}): Promise<Scene> {
  const scene = new Scene({ settings: { bakeCheckMs: 10_000 } });
  await scene.start({ prompt: "one" }, { bakeMs: 0 });
  await scene.untilPhase("succeeded");
  const { hash } = scene.bundle({ prompt: "one" });
  for (let index = 0; index < calls; index += 1) addCall(scene, hash, index * 400 - WEEK_MS, facts);
  return scene;
}

/** A call that begins so many milliseconds from now and lasts a second. */
function addCall(scene: Scene, release: string, inMs: number, facts: Partial<CallFacts> = {}): void {
  const startedAtMs = scene.clock.now() + inMs;
  scene.database.evidence.calls.push({
    deploymentId: scene.deploymentId,
    release,
    startedAtMs,
    endedAtMs: startedAtMs + 1000,
    facts: { ...goodCall, ...facts },
  });
}

/** Rolls out release `two`, and gives it calls once callers are on it. */
async function bakeWith(
  scene: Scene,
  calls: readonly Partial<CallFacts>[],
  evidence: EvidencePolicy = policy,
): Promise<void> {
  await scene.start({ prompt: "two" }, { bakeMs: MINUTE_MS, evidence });
  await scene.untilPhase("baking");
  const { hash } = scene.bundle({ prompt: "two" });
  calls.forEach((facts, index) => addCall(scene, hash, index * 100, facts));
}

const many = (count: number, facts: (index: number) => Partial<CallFacts> = () => ({})): Partial<CallFacts>[] =>
  Array.from({ length: count }, (_, index) => facts(index));

const verdictOf = (scene: Scene) => scene.rollout().memory["evidence"] as unknown as EvidenceVerdict;
const told = (scene: Scene) =>
  scene.database.events
    .filter(({ rolloutId, type }) => rolloutId === scene.rollout().id && type === "evidence-weighed")
    .map(({ payload }) => payload);
const over = (scene: Scene) => scene.untilPhase("succeeded", "held", "rolled-back");
const alternating = (index: number): Partial<CallFacts> => ({ isBooked: index % 2 === 0 });

describe("a bake with an evidence policy", () => {
  it("passes when the calls are no worse than those of the release before a week ago", async () => {
    const scene = await servedBefore(150, {});
    await bakeWith(scene, many(150));
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
    expect(verdictOf(scene)).toMatchObject({ kind: "passed", baseline: "same-hours", isReduced: false });
    expect(told(scene).at(-1)).toMatchObject({ kind: "passed", isLast: true, watch: "baking" });
    expect(told(scene).length).toBeLessThan(8);
  });

  it("keeps its looks while figures move, thinner as the watch grows, for whoever reads it later", async () => {
    const scene = await servedBefore(150, {});
    await bakeWith(scene, many(150));
    await over(scene);
    const looks = scene.database.evidence.looks.filter(({ rolloutId }) => rolloutId === scene.rollout().id);
    expect(looks.length).toBeGreaterThan(told(scene).filter(({ isLast }) => isLast !== true).length);
    expect(looks.length).toBeLessThan(200);
    expect(looks.map(({ atMs }) => atMs)).toEqual(looks.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    expect(looks.at(-1)?.verdict.comparisons.length).toBeGreaterThan(0);
    expect(new Set(looks.map(({ watch }) => watch))).toEqual(new Set(["baking"]));
  });

  it("returns the traffic by itself when booking breaks, and keeps the figures", async () => {
    const scene = await servedBefore(150);
    await bakeWith(
      scene,
      many(150, () => ({ isBooked: false })),
    );
    await over(scene);
    expect(scene.rollout()).toMatchObject({ phase: "rolled-back", reason: { code: "bake-breached" } });
    expect(scene.state.pointer.active).toBe("blue");
    expect(told(scene).at(-1)).toMatchObject({ kind: "breached", isLast: true });
    expect(String(told(scene).at(-1)?.["detail"])).toMatch(/booked 0\.0 % of \d+ calls against 100\.0 % of \d+/);
  });

  it("waits longer for want of calls, then holds and asks; promoting accepts it", async () => {
    const scene = await servedBefore(150);
    await bakeWith(scene, many(5));
    await scene.until(() => scene.rollout().reason?.code === "evidence-gathering");
    const beganMs = scene.clock.now();
    await over(scene).catch(() => {});
    await scene.until(() => scene.rollout().phase === "held", 20 * MINUTE_MS);
    expect(scene.clock.now() - beganMs).toBeGreaterThan(8 * MINUTE_MS);
    expect(scene.rollout()).toMatchObject({ heldPhase: "baking", reason: { code: "evidence-inconclusive" } });
    expect(scene.rollout().reason?.detail).toContain("5 calls on the new release");
    await scene.operator.ask(scene.deploymentId, "promote");
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
    expect(told(scene).at(-1)).toMatchObject({ isLast: true, isAccepted: true });
  });

  it("begins another window when it is resumed, and goes on with the calls that it has", async () => {
    const scene = await servedBefore(150);
    await bakeWith(scene, many(5), { ...policy, extendMs: 0 });
    await scene.untilPhase("held");
    await scene.operator.ask(scene.deploymentId, "resume");
    await scene.untilPhase("baking");
    const { hash } = scene.bundle({ prompt: "two" });
    for (const index of many(145).keys()) addCall(scene, hash, index * 100);
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
    expect(verdictOf(scene).detail).toMatch(/^no judged figure is worse than allowed: 150 calls/);
  });

  it("is accepted by policy where the policy says so, with reduced evidence", async () => {
    const scene = await servedBefore(150);
    await bakeWith(scene, many(5), { ...policy, extendMs: 0, whenInconclusive: "accept" });
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
    expect(verdictOf(scene)).toMatchObject({ kind: "passed", isReduced: true });
  });

  it("is judged by absolute limits where the release before took no calls, and says so", async () => {
    const scene = await servedBefore(0);
    await bakeWith(scene, many(25));
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
    expect(verdictOf(scene)).toMatchObject({ baseline: "none", isReduced: true });
    expect(verdictOf(scene).detail).toContain("absolute limits only");
  });

  it("of a first release ends with its window: there is nobody to compare it with and nobody to wait for", async () => {
    const scene = new Scene();
    await scene.start({ prompt: "one" }, { bakeMs: 5000, evidence: policy });
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
  });

  it("stays watched while it is paused: nothing ends it but a breach", async () => {
    const scene = await servedBefore(150);
    await bakeWith(scene, many(150));
    await scene.operator.ask(scene.deploymentId, "pause");
    await scene.until(() => scene.rollout().reason?.code === "paused");
    await scene.play(scene.clock.sleep(5 * MINUTE_MS));
    await scene.advance();
    expect(scene.rollout()).toMatchObject({ phase: "baking", reason: { code: "paused" } });
    addCall(scene, scene.bundle({ prompt: "two" }).hash, 0, { isCrash: true });
    await over(scene);
    expect(scene.rollout().phase).toBe("rolled-back");
  });

  it("passes by the calls of its wave, and not where its wave does worse", async () => {
    for (const [phase, wave] of [
      ["succeeded", many(300, alternating)],
      ["held", many(300, () => ({ isBooked: false }))],
    ] as const) {
      const scene = await servedBefore(8);
      const waveId = "wave-1";
      const figuresOf = async (facts: readonly Partial<CallFacts>[], release: string) => {
        facts.forEach((each, index) => addCall(scene, release, index - 10 * MINUTE_MS, each));
        const stretch = { fromMs: 0, toMs: scene.clock.now() };
        const query = { tenantId: "", deploymentId: scene.deploymentId, candidate: { release, stretch } };
        return (await scene.database.evidence.figures({ ...query, before: null, latencyMargin: null })).candidate;
      };
      const margins = { booked: 0.5 };
      await scene.start(
        { prompt: "two" },
        { bakeMs: MINUTE_MS, waveId, evidence: { ...policy, margins, extendMs: 0 } },
      );
      await scene.untilPhase("baking");
      const figures = {
        candidate: await figuresOf(wave, "their-new"),
        baseline: await figuresOf(many(300, alternating), "their-old"),
      };
      await scene.database.evidence.share({ tenantId: "", rolloutId: "theirs", waveId, figures });
      many(3).forEach((_, index) => addCall(scene, scene.bundle({ prompt: "two" }).hash, index * 100));
      await over(scene);
      expect(scene.rollout().phase).toBe(phase);
      expect(verdictOf(scene).detail).toContain("wave");
    }
  });
});

describe("alarms", () => {
  const cases: readonly [string, readonly Partial<CallFacts>[]][] = [
    ["answers over 1200 ms", many(6, () => ({ responseMs: [1500, 1600, 1400, 1300] }))],
    ["a crash", [{ isCrash: true, isError: true }]],
    ["silence", many(3, () => ({ hasSilence: true }))],
    ["errors", many(3, () => ({ isError: true }))],
  ];
  it.each(cases)("of %s return the traffic at once, below every floor", async (_name, calls) => {
    const scene = await servedBefore(150);
    await bakeWith(scene, calls);
    const beganMs = scene.clock.now();
    await over(scene);
    expect(scene.rollout()).toMatchObject({ phase: "rolled-back", reason: { code: "bake-breached" } });
    expect(scene.clock.now() - beganMs).toBeLessThan(MINUTE_MS);
    expect(verdictOf(scene).alarms).toHaveLength(1);
  });

  it("are not raised by one slow turn", async () => {
    const scene = await servedBefore(150);
    await bakeWith(scene, [{ responseMs: [9000] }, ...many(149)]);
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
  });

  it("return the traffic also of a bake that is held for want of evidence", async () => {
    const scene = await servedBefore(150);
    await bakeWith(scene, many(5), { ...policy, extendMs: 0 });
    await scene.untilPhase("held");
    addCall(scene, scene.bundle({ prompt: "two" }).hash, 0, { isCrash: true });
    await scene.untilPhase("rolled-back");
    expect(scene.state.pointer.active).toBe("blue");
  });

  it("hold a first release, which has no way back, until a person accepts it", async () => {
    const scene = new Scene();
    await scene.start({ prompt: "one" }, { bakeMs: MINUTE_MS, evidence: policy });
    await scene.untilPhase("baking");
    addCall(scene, scene.bundle({ prompt: "one" }).hash, 0, { isCrash: true });
    await over(scene);
    expect(scene.rollout()).toMatchObject({ phase: "held", reason: { code: "way-back-gone" } });
    await scene.operator.ask(scene.deploymentId, "promote");
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
  });

  it("are nobody's matter without an evidence policy", async () => {
    const scene = await servedBefore(0);
    await scene.start({ prompt: "two" }, { bakeMs: 5000 });
    await scene.untilPhase("baking");
    addCall(scene, scene.bundle({ prompt: "two" }).hash, 0, { isCrash: true });
    await over(scene);
    expect(scene.rollout()).toMatchObject({
      phase: "succeeded",
      memory: expect.not.objectContaining({ evidence: {} }),
    });
    expect(told(scene)).toEqual([]);
  });
});

describe("a person who promotes a release in bake", () => {
  it("ends the watch after a good check, and not while a check cannot be made", async () => {
    const scene = await servedBefore(0);
    await scene.start({ prompt: "two" }, { bakeMs: 60 * MINUTE_MS });
    await scene.untilPhase("baking");
    scene.faults = { ...noFaults, dropped: 1 };
    await scene.operator.ask(scene.deploymentId, "promote");
    await scene.until(() => scene.rollout().reason?.code === "bake-check-failing");
    scene.faults = noFaults;
    await over(scene);
    expect(scene.rollout().phase).toBe("succeeded");
  });
});

describe("a canary step with an evidence policy", () => {
  const shifted = async (candidate: Partial<CallFacts>): Promise<Scene> => {
    const scene = await servedBefore(0);
    await scene.start(
      { prompt: "two" },
      { bakeMs: 0, evidence: policy, strategy: { kind: "canary", steps: [{ weightBp: 5000, watchMs: MINUTE_MS }] } },
    );
    await scene.until(() => scene.state.pointer.weightBp === 5000);
    for (let index = 0; index < 150; index += 1) {
      addCall(scene, scene.bundle({ prompt: "one" }).hash, index * 100);
      addCall(scene, scene.bundle({ prompt: "two" }).hash, index * 100, candidate);
    }
    await over(scene);
    return scene;
  };
  const concurrent = (scene: Scene) => told(scene).filter(({ watch }) => watch === "shifting");

  it("is taken further when both releases do alike in the same stretch of time", async () => {
    const scene = await shifted({});
    expect(concurrent(scene).at(-1)).toMatchObject({ kind: "passed", baseline: "concurrent", isReduced: false });
    expect(scene.state.pointer.active).toBe("green");
  });

  it("gives its share back when the new one does worse, and the timeline tells by how much", async () => {
    const scene = await shifted({ isBooked: false });
    expect(scene.rollout()).toMatchObject({ phase: "rolled-back", reason: { code: "canary-breached" } });
    expect(scene.state.pointer).toMatchObject({ active: "blue", candidate: null, weightBp: 0 });
    expect(concurrent(scene).at(-1)).toMatchObject({ kind: "breached", isLast: true });
  });
});
