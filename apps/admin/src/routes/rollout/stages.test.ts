import { expect, test } from "vitest";
import type { RolloutEvent } from "./event-log.ts";
import { type Phase, stageOfInterest, stagesOf, stretchesOf } from "./stages.ts";

const policy = { approval: "none", promotion: "automatic", bakeMs: 1000, approvalTtlMs: 1000 };

/** Events that enter one phase a second. */
const way = (...phases: readonly Phase[]): RolloutEvent[] =>
  phases.map((phase, seq) => ({
    rolloutId: "r",
    seq,
    at: new Date(seq * 1000).toISOString(),
    type: "phase-entered",
    phase: phases[Math.max(0, seq - 1)] ?? phase,
    payload: { from: phases[seq - 1] ?? "", to: phase },
  }));

const told = (phases: readonly Phase[], over: object = {}) => {
  const phase = phases.at(-1) ?? "queued";
  return stagesOf({ phase, policy: { ...policy, ...over } }, stretchesOf(way(...phases)));
};
const states = (stages: ReturnType<typeof told>) => Object.fromEntries(stages.map(({ name, state }) => [name, state]));

const UP_TO_BAKE: readonly Phase[] = [
  "queued",
  "preflighting",
  "planning",
  "awaiting-approval",
  "applying",
  "smoke-testing",
  "awaiting-promotion",
  "switching",
  "baking",
];

test("what lies behind is done, gates that nobody had to open were not needed, and what comes is ahead", () => {
  const stages = told(UP_TO_BAKE);
  expect(states(stages)).toEqual({
    preflight: "done",
    plan: "done",
    approval: "not-needed",
    apply: "done",
    "smoke-test": "done",
    promotion: "not-needed",
    switch: "done",
    bake: "now",
    retire: "ahead",
  });
  expect(stages[0]).toMatchObject({ beganAt: 0, endedAt: 2000, spentMs: 2000 });
  expect(stageOfInterest(stages, true)).toBe("bake");
});

test("a hold is time of the stage it stopped, and waits for a person", () => {
  const stages = told(["queued", "planning", "applying", "held", "applying", "held"]);
  const apply = stages.find(({ name }) => name === "apply");
  expect(apply).toMatchObject({ state: "waits", beganAt: 2000, endedAt: null, spentMs: 3000 });
  expect(stageOfInterest(stages, true)).toBe("apply");
});

test("a rollout that went back shows where it stopped and how it went back, and nothing it never reached", () => {
  const stages = told([...UP_TO_BAKE, "rolling-back", "rolled-back"]);
  expect(states(stages)).toMatchObject({ bake: "stopped", rollback: "done" });
  expect(stages.map(({ name }) => name)).not.toContain("retire");
  expect(stageOfInterest(stages, true)).toBe("bake");
});

test("canary steps are on the way where the strategy has them", () => {
  const strategy = { kind: "canary", steps: [{ weightBp: 500, watchMs: 1000 }] };
  expect(told(["queued"], { strategy }).map(({ name }) => name)).toContain("canary");
  expect(told(["queued"]).map(({ name }) => name)).not.toContain("canary");
});
