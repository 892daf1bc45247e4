import type { CallFacts, EvidencePolicy } from "@tandem/domain/evidence";
import { goodCall, Scene } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

const MINUTE_MS = 60_000;

const evidence: EvidencePolicy = {
  minCalls: 20,
  extendMs: 5 * MINUTE_MS,
  whenInconclusive: "hold",
  margins: { booked: 0.5 },
  falseBreachRate: 0.05,
  falsePassRate: 0.1,
};

/** A canary of two steps in its first one, a minute each. */
async function inFirstStep(policy: EvidencePolicy = evidence): Promise<Scene> {
  const scene = new Scene({ settings: { bakeCheckMs: 10_000 } });
  await scene.start({ prompt: "one" }, { bakeMs: 0 });
  await scene.untilPhase("succeeded");
  const steps = [
    { weightBp: 1000, watchMs: MINUTE_MS },
    { weightBp: 5000, watchMs: MINUTE_MS },
  ];
  await scene.start({ prompt: "two" }, { bakeMs: 0, strategy: { kind: "canary", steps }, evidence: policy });
  await scene.until(() => scene.state.pointer.weightBp === 1000);
  return scene;
}

/** Calls of both releases from now on, within twenty seconds. */
function callsOn(scene: Scene, prompt: "one" | "two", count: number, facts: Partial<CallFacts> = {}): void {
  const { hash } = scene.bundle({ prompt });
  for (let index = 0; index < count; index += 1) {
    const startedAtMs = scene.clock.now() + index * 100;
    const call = { startedAtMs, endedAtMs: startedAtMs + 1000, facts: { ...goodCall, ...facts } };
    scene.database.evidence.calls.push({ deploymentId: scene.deploymentId, release: hash, ...call });
  }
}

const pause = (scene: Scene, delayMs: number) => scene.play(scene.clock.sleep(delayMs));
const held = (scene: Scene) => scene.until(() => scene.rollout().phase === "held", 60 * MINUTE_MS);

describe("a canary on evidence", () => {
  it("takes the next step when the calls are no worse than those of the other release in the same minutes", async () => {
    const scene = await inFirstStep();
    callsOn(scene, "one", 180);
    callsOn(scene, "two", 180);
    await scene.until(() => scene.state.pointer.weightBp === 5000, 10 * MINUTE_MS);
    const told = scene.database.events.filter(({ type }) => type === "evidence-weighed");
    expect(told.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ kind: "passed", baseline: "concurrent", watch: "shifting" }),
    );
  });

  it("gives the share back when its calls are worse, with what they told", async () => {
    const scene = await inFirstStep();
    callsOn(scene, "one", 150);
    callsOn(scene, "two", 150, { isBooked: false });
    await scene.untilPhase("rolled-back", "held");
    expect(scene.rollout()).toMatchObject({ phase: "rolled-back", reason: { code: "canary-breached" } });
    expect(scene.rollout().reason?.detail).toMatch(/booked/);
    expect(scene.state.pointer).toMatchObject({ active: "blue", candidate: null });
  });

  it("waits for calls, then holds with the share as it is, and watches on when resumed", async () => {
    const scene = await inFirstStep();
    callsOn(scene, "one", 150);
    callsOn(scene, "two", 5);
    await scene.until(() => scene.rollout().reason?.code === "evidence-gathering", 10 * MINUTE_MS);
    await held(scene);
    expect(scene.rollout()).toMatchObject({ heldPhase: "shifting", reason: { code: "evidence-inconclusive" } });
    expect(scene.state.pointer).toMatchObject({ weightBp: 1000, candidate: "green" });
    await scene.operator.ask(scene.deploymentId, "resume");
    await scene.untilPhase("shifting");
    callsOn(scene, "one", 180);
    callsOn(scene, "two", 180);
    await scene.until(() => scene.state.pointer.weightBp === 5000, 10 * MINUTE_MS);
  });

  it("is accepted by a person who promotes it, and rolled back at once by one who does not", async () => {
    for (const choice of ["promote", "skip", "rollback"] as const) {
      const scene = await inFirstStep({ ...evidence, extendMs: 0 });
      callsOn(scene, "one", 150);
      await held(scene);
      if (choice === "rollback") await scene.operator.rollback(scene.deploymentId);
      else await scene.operator.ask(scene.deploymentId, choice);
      await scene.until(() => scene.state.pointer.weightBp !== 1000);
      const { active, weightBp } = scene.state.pointer;
      expect([choice, active, weightBp]).toEqual(
        { promote: [choice, "green", 0], skip: [choice, "blue", 5000], rollback: [choice, "blue", 0] }[choice],
      );
    }
  });

  it("returns the share of a held canary whose calls turn bad", async () => {
    const scene = await inFirstStep({ ...evidence, extendMs: 0 });
    callsOn(scene, "one", 150);
    await held(scene);
    await pause(scene, 10 * MINUTE_MS);
    callsOn(scene, "two", 150, { isBooked: false, isCrash: true });
    await scene.until(() => scene.rollout().phase !== "held", 10 * MINUTE_MS);
    await scene.untilPhase("rolled-back");
    expect(scene.rollout().reason?.code).toBe("canary-breached");
  });
});
