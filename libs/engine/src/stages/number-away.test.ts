import { setFaultHook } from "@tandem/kernel";
import { Scene } from "@tandem/testkit";
import { expect, it } from "vitest";

it("a number that the carrier does not show while the plan is made stops the rollout before anything is written", async () => {
  const scene = new Scene();
  const routings = new Map(scene.world.routings);
  await scene.start({ prompt: "one" });
  setFaultHook((point) => {
    if (point === "transition.after" && scene.rollout().phase === "planning") scene.world.routings.clear();
  });
  await scene.untilPhase("held");
  setFaultHook(undefined);
  expect(scene.rollout().reason).toMatchObject({
    code: "findings-blocked",
    detail: "object-missing (telephony.number/main)",
  });
  expect(scene.state.bindings).toEqual([]);
  for (const [number, routing] of routings) scene.world.routings.set(number, routing);
  await scene.operator.ask(scene.deploymentId, "resume");
  await scene.untilPhase("succeeded");
  expect(scene.state.attachment.attached).toBe(true);
});
