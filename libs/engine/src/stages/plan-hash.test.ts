import { Scene } from "@tandem/testkit";
import { expect, it } from "vitest";

it("a plan that is not the one that was approved is not applied", async () => {
  const scene = new Scene();
  await scene.start({ prompt: "one" }, { approval: "required" });
  await scene.untilPhase("awaiting-approval");
  const { planId } = scene.rollout();
  const plan = scene.database.plans.get(planId ?? "");
  scene.database.plans.set(planId ?? "", { ...plan!, changes: [], hash: "0".repeat(64) });
  await scene.operator.ask(scene.deploymentId, "approve");
  await scene.untilPhase("held");
  expect(scene.rollout().reason?.code).toBe("engine-error");
  expect(scene.world.ledger).toEqual([]);
  expect(scene.state.slots.blue.state).toBe("empty");
});
