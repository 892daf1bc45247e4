import type { CanaryStep, RolloutPolicy } from "@tandem/domain/rollout";
import { buildBundle, DEPLOYMENT_ID, Scene } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

const canary = (...steps: CanaryStep[]): Partial<RolloutPolicy> => ({
  strategy: { kind: "canary", steps },
  bakeMs: 1000,
});

const twoSteps = canary({ weightBp: 500, watchMs: 3000 }, { weightBp: 5000, watchMs: 3000 });
const oneLongStep = canary({ weightBp: 500, watchMs: 600_000 }, { weightBp: 5000, watchMs: 600_000 });

const live = async (scene = new Scene()): Promise<Scene> => {
  await scene.start({ prompt: "one" });
  await scene.untilPhase("succeeded");
  return scene;
};

const inStep = async (scene: Scene, weightBp: number): Promise<void> =>
  scene.until(() => scene.state.pointer.weightBp === weightBp);

/** Where new calls went, one line per move of the pointer. */
const moves = (scene: Scene): string[] =>
  scene.database.history.events.flatMap((event) =>
    event.kind === "committed"
      ? event.changes.flatMap((change) =>
          change.table === "pointer" && change.after !== null
            ? [`${change.after.active} ${change.after.weightBp} ${change.after.mode}`]
            : [],
        )
      : [],
  );

const audited = (scene: Scene): string[] =>
  scene.database.history.events.flatMap((event) =>
    event.kind === "committed" ? event.audits.map(({ action }) => action) : [],
  );

describe("canary steps", () => {
  it("bring callers over in shares, each watched for its time, and end in the switch", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, twoSteps);
    await inStep(scene, 500);
    const sinceMs = scene.clock.now();
    expect(scene.state.pointer).toMatchObject({ active: "blue", candidate: "green", generation: 2 });
    expect(scene.state.slots).toMatchObject({ blue: { state: "active" }, green: { state: "ready" } });
    const { salt } = scene.state.pointer;
    await inStep(scene, 5000);
    expect(scene.clock.now() - sinceMs).toBeGreaterThanOrEqual(3000);
    expect(scene.state.pointer.salt).toBe(salt);
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout().phase).toBe("succeeded");
    expect(scene.state.pointer).toMatchObject({ active: "green", candidate: null, weightBp: 0, generation: 4 });
    expect(scene.state.slots).toMatchObject({ blue: { state: "ready" }, green: { state: "active" } });
    expect(moves(scene).slice(1)).toEqual(["blue 500 live", "blue 5000 live", "green 0 live"]);
    expect(audited(scene)).toEqual(expect.arrayContaining(["pointer.shifted", "pointer.moved"]));
  });

  it("are not taken where there is no release to share calls with", async () => {
    const scene = new Scene();
    await scene.start({ prompt: "one" }, twoSteps);
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout().phase).toBe("succeeded");
    expect(moves(scene)).toEqual(["blue 0 live"]);
  });

  it("stop where a condition of the switch no longer holds, with the share as it is", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, twoSteps);
    await inStep(scene, 500);
    scene.database.deployments.set(DEPLOYMENT_ID, {
      ...scene.state,
      slots: { ...scene.state.slots, green: { ...scene.state.slots.green, readyBundleHash: null } },
    });
    await scene.untilPhase("held", "succeeded");
    expect(scene.rollout()).toMatchObject({ heldPhase: "shifting", reason: { code: "switch-lost" } });
    expect(scene.state.pointer).toMatchObject({ active: "blue", weightBp: 500 });
  });

  it("outlast the approval under which the first callers came", async () => {
    const scene = await live();
    await scene.start(
      { prompt: "two" },
      { ...canary({ weightBp: 500, watchMs: 30_000 }), approval: "required", approvalTtlMs: 10_000 },
    );
    await scene.until(() => scene.rollout().reason?.code === "awaiting-approval");
    await scene.operator.ask(DEPLOYMENT_ID, "approve");
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout().phase).toBe("succeeded");
  });

  it("go on with the next step after a divert and its end, and take none while calls are diverted", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, twoSteps);
    await inStep(scene, 500);
    await scene.operator.setMode(DEPLOYMENT_ID, "diverted");
    await scene.play(scene.clock.sleep(20_000));
    await scene.advance();
    expect(scene.state.pointer).toMatchObject({ weightBp: 500, mode: "diverted", generation: 3 });
    expect(scene.rollout().reason?.detail).toMatch(/diverted/);
    await scene.operator.setMode(DEPLOYMENT_ID, "live");
    await scene.untilPhase("succeeded", "held");
    expect(moves(scene).slice(1)).toEqual([
      "blue 500 live",
      "blue 500 diverted",
      "blue 500 live",
      "blue 5000 live",
      "green 0 live",
    ]);
  });
});

describe("a canary that does worse", () => {
  const bad = buildBundle({ deploymentId: DEPLOYMENT_ID, prompt: "bad" });

  it("loses its share by itself, keeps its callers until they hang up, and is cleaned", async () => {
    const scene = await live(new Scene({ ingress: { badWhenLive: new Set([bad.hash]) } }));
    await scene.start({ prompt: "bad" }, oneLongStep);
    await inStep(scene, 500);
    scene.liveCalls = [{ callId: "c1", from: "", to: "", startedAt: "" }];
    scene.database.liveCalls.set(`${DEPLOYMENT_ID}/green`, 1);
    await scene.untilPhase("rolling-back", "held");
    await scene.until(() => scene.rollout().reason?.code === "draining");
    expect(scene.state.pointer).toMatchObject({ active: "blue", candidate: null, weightBp: 0, generation: 3 });
    expect(scene.state.slots).toMatchObject({
      blue: { state: "active" },
      green: { state: "draining", readyBundleHash: null },
    });
    scene.database.liveCalls.set(`${DEPLOYMENT_ID}/green`, 0);
    await scene.untilPhase("rolled-back", "held");
    expect(scene.rollout()).toMatchObject({ phase: "rolled-back", reason: { code: "canary-breached" } });
    expect(scene.state.slots.green.state).toBe("empty");
    expect(scene.world.present().length).toBe(2);
  });

  it("also loses it while a freeze window keeps a person's promotion or skip from going on", async () => {
    for (const wish of ["promote", "skip"] as const) {
      const badWhenLive = new Set<string>();
      const scene = await live(new Scene({ ingress: { badWhenLive } }));
      await scene.start({ prompt: "bad" }, oneLongStep);
      await inStep(scene, 500);
      const at = (offsetMs: number) => new Date(scene.clock.now() + offsetMs).toISOString();
      const freeze = {
        id: "freeze-1",
        level: "tenant",
        playbook: null,
        environment: null,
        reason: "holidays",
      } as const;
      const written = { endedAt: null, createdBy: "user:admin", createdAt: at(-1000), isExempt: false };
      scene.database.freezes = [{ ...freeze, ...written, startsAt: at(-1000), endsAt: at(3_600_000) }];
      await scene.operator.ask(DEPLOYMENT_ID, wish);
      await scene.until(() => scene.rollout().reason?.code === "freeze-window");
      await scene.play(scene.clock.sleep(20_000));
      await scene.advance();
      expect([scene.rollout().phase, scene.state.pointer.weightBp]).toEqual(["shifting", 500]);
      badWhenLive.add(bad.hash);
      await scene.untilPhase("rolled-back", "held");
      expect(scene.rollout().reason?.code).toBe("canary-breached");
    }
  });

  it("also loses it while it is held between the last step and the switch", async () => {
    const badWhenLive = new Set<string>();
    const scene = await live(new Scene({ ingress: { badWhenLive } }));
    await scene.start({ prompt: "bad" }, oneLongStep);
    await inStep(scene, 500);
    await scene.operator.ask(DEPLOYMENT_ID, "promote");
    scene.atPoint("transition.after", () => scene.operator.setTenantStatus(DEPLOYMENT_ID, "suspended"));
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "switching", reason: { code: "tenant-suspended" } });
    badWhenLive.add(bad.hash);
    await scene.untilPhase("rolled-back");
    expect(scene.rollout().reason?.code).toBe("canary-breached");
    expect(scene.state.pointer).toMatchObject({ active: "blue", candidate: null });
  });

  it("also loses it while it is paused, and while it is held", async () => {
    for (const stop of ["pause", "suspend"] as const) {
      const badWhenLive = new Set<string>();
      const scene = await live(new Scene({ ingress: { badWhenLive } }));
      await scene.start({ prompt: "bad" }, oneLongStep);
      await inStep(scene, 500);
      if (stop === "pause") await scene.operator.ask(DEPLOYMENT_ID, "pause");
      else scene.operator.setTenantStatus(DEPLOYMENT_ID, "suspended");
      await scene.until(() => ["paused", "tenant-suspended"].includes(scene.rollout().reason?.code ?? ""));
      await scene.play(scene.clock.sleep(30_000));
      await scene.advance();
      expect(scene.state.pointer.weightBp).toBe(500);
      badWhenLive.add(bad.hash);
      await scene.untilPhase("rolled-back");
      expect(scene.rollout().reason?.code).toBe("canary-breached");
      expect(scene.state.pointer).toMatchObject({ active: "blue", candidate: null });
    }
  });

  it("gives its share back on one click, also when a worker is about to take the next step", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, twoSteps);
    await inStep(scene, 500);
    let clicked = "";
    scene.atPoint("shift.before", async () => {
      clicked = await scene.operator.rollback(DEPLOYMENT_ID);
    });
    await scene.untilPhase("rolled-back", "succeeded", "held");
    expect(clicked).toBe("rollback");
    expect(moves(scene).slice(1)).toEqual(["blue 500 live", "blue 0 live"]);
    expect(scene.state.slots.green.state).toBe("empty");
  });

  it("is aborted by a rollback before the first share", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, twoSteps);
    let clicked = "";
    scene.atPoint("shift.before", async () => {
      clicked = await scene.operator.rollback(DEPLOYMENT_ID);
    });
    await scene.untilPhase("aborted", "rolled-back", "succeeded");
    expect([clicked, scene.rollout().phase]).toEqual(["abort", "aborted"]);
    expect(moves(scene)).toEqual(["blue 0 live"]);
  });
});

describe("people", () => {
  it("pause a canary where it is, and resume it", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, twoSteps);
    await inStep(scene, 500);
    await scene.operator.ask(DEPLOYMENT_ID, "pause");
    await scene.until(() => scene.rollout().reason?.code === "paused");
    await scene.play(scene.clock.sleep(60_000));
    await scene.advance();
    expect(scene.state.pointer.weightBp).toBe(500);
    await scene.operator.ask(DEPLOYMENT_ID, "resume");
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout().phase).toBe("succeeded");
  });

  it("skip to the next step, and promote through all that remain", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, oneLongStep);
    await inStep(scene, 500);
    await scene.operator.ask(DEPLOYMENT_ID, "skip");
    await inStep(scene, 5000);
    expect(scene.rollout().desired).toBe("continue");
    await scene.operator.ask(DEPLOYMENT_ID, "promote");
    await scene.untilPhase("succeeded", "held");
    expect(moves(scene).slice(1)).toEqual(["blue 500 live", "blue 5000 live", "green 0 live"]);
    expect(scene.rollout().desired).toBe("continue");
  });

  it("promote a canary in its first step to everybody at once", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, oneLongStep);
    await inStep(scene, 500);
    await scene.operator.ask(DEPLOYMENT_ID, "promote");
    await scene.untilPhase("succeeded", "held");
    expect(moves(scene).slice(1)).toEqual(["blue 500 live", "green 0 live"]);
  });

  it("pause a rollout before anybody calls it: nothing more is written until it is resumed", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" });
    scene.atPoint("step.outcome.after", () => scene.operator.ask(DEPLOYMENT_ID, "pause"));
    await scene.untilPhase("held", "succeeded");
    expect(scene.rollout()).toMatchObject({ heldPhase: "applying", reason: { code: "rollout-paused" } });
    const written = scene.world.ledger.length;
    await scene.play(scene.clock.sleep(60_000));
    await scene.advance();
    expect(scene.world.ledger.length).toBe(written);
    await expect(scene.operator.ask(DEPLOYMENT_ID, "pause")).rejects.toMatchObject({ code: "rollout_refused" });
    await scene.operator.ask(DEPLOYMENT_ID, "resume");
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout()).toMatchObject({ phase: "succeeded", desired: "continue" });
  });

  it("may abort a paused rollout, and cannot skip where there is no step", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" });
    scene.atPoint("step.outcome.after", () => scene.operator.ask(DEPLOYMENT_ID, "pause"));
    await scene.untilPhase("held");
    await expect(scene.operator.ask(DEPLOYMENT_ID, "skip")).rejects.toMatchObject({
      details: { reason: "no-step-to-skip" },
    });
    await scene.operator.ask(DEPLOYMENT_ID, "abort");
    await scene.untilPhase("aborted");
  });
});
