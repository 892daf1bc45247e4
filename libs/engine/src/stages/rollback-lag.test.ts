import { Scene } from "@tandem/testkit";
import { expect, it } from "vitest";

it("an abandoned slot is left alone until every node has seen that the pointer left it", async () => {
  const scene = new Scene();
  await scene.start({ prompt: "one" }, { bakeMs: 500 });
  await scene.untilPhase("succeeded");
  await scene.start({ prompt: "two" }, { bakeMs: 60_000 });
  await scene.untilPhase("baking");
  const { active } = scene.state.pointer;
  await scene.operator.rollback(scene.deploymentId);
  const clickedMs = scene.clock.now();
  const onAbandoned = () => scene.state.bindings.filter(({ slot }) => slot === active).length;
  await scene.untilPhase("rolling-back");
  // A node that polls once a second answers a call on the old pointer: its session is counted a little later.
  await scene.until(() => scene.clock.now() > clickedMs + 1200);
  expect(onAbandoned()).toBeGreaterThan(0);
  scene.database.liveCalls.set(`${scene.deploymentId}/${active}`, 1);
  scene.liveCalls = [{ callId: "CA1", from: "+15550109999", to: "+15550100001", startedAt: "" }];
  await scene.until(() => scene.clock.now() > clickedMs + 8000);
  expect(onAbandoned()).toBeGreaterThan(0);
  expect(scene.rollout().reason?.code).toBe("draining");
  scene.database.liveCalls.set(`${scene.deploymentId}/${active}`, 0);
  await scene.untilPhase("rolled-back");
  expect(onAbandoned()).toBe(0);
});
