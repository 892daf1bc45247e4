import { Scene } from "@tandem/testkit";
import { expect, it } from "vitest";

/** A second release is live and being watched; one media node has looked at the pointers for the last time some while ago. */
async function switched(): Promise<Scene> {
  const scene = new Scene();
  await scene.start({ prompt: "one" }, { bakeMs: 500 });
  await scene.untilPhase("succeeded");
  await scene.start({ prompt: "two" }, { bakeMs: 60_000 });
  await scene.untilPhase("baking");
  return scene;
}

/** The node answers on and hears nothing: its last look stays where it is. */
const cutOff = (scene: Scene, lookedMs: number): void => void scene.database.nodeLooks.set("node-1", () => lookedMs);
const comeBack = (scene: Scene): void => void scene.database.nodeLooks.set("node-1", () => scene.database.nowMs());
const HOUR_MS = 3_600_000;
const boundTo = (scene: Scene, slot: string) => scene.state.bindings.filter((binding) => binding.slot === slot).length;

it("a slot is not cleaned under a node that is cut off, however long, and at once when it answers again", async () => {
  const scene = await switched();
  const abandoned = scene.state.pointer.active;
  cutOff(scene, scene.database.nowMs());
  await scene.operator.rollback(scene.deploymentId);
  await scene.until(() => scene.rollout().reason?.code === "node-behind");
  expect(scene.rollout().reason?.detail).toMatch(/^node-1, last heard of at 20\d\d-/);
  const sinceMs = scene.clock.now();
  await scene.until(() => scene.clock.now() > sinceMs + HOUR_MS / 3, HOUR_MS);
  expect(boundTo(scene, abandoned)).toBeGreaterThan(0);
  comeBack(scene);
  await scene.untilPhase("rolled-back");
  expect(boundTo(scene, abandoned)).toBe(0);
});

it("a look within the lag after the move is none: the move may have been committed after it", async () => {
  const scene = await switched();
  await scene.operator.rollback(scene.deploymentId);
  cutOff(scene, scene.database.nowMs() + 2900);
  await scene.until(() => scene.rollout().reason?.code === "node-behind");
  comeBack(scene);
  await scene.untilPhase("rolled-back");
});

it("a node that has been silent for an hour counts as gone", async () => {
  const scene = await switched();
  cutOff(scene, scene.database.nowMs());
  await scene.operator.rollback(scene.deploymentId);
  const clickedMs = scene.clock.now();
  await scene.until(() => scene.rollout().phase === "rolled-back", 2 * HOUR_MS);
  expect(scene.clock.now() - clickedMs).toBeGreaterThan(HOUR_MS - 10_000);
});

it("nothing is written to a slot while a node may still put callers on it", async () => {
  const scene = new Scene();
  await scene.start({ prompt: "one" }, { bakeMs: 500 });
  await scene.untilPhase("succeeded");
  await scene.start({ prompt: "two" }, { bakeMs: 500 });
  await scene.untilPhase("succeeded");
  const inactive = scene.state.pointer.active === "blue" ? "green" : "blue";
  cutOff(scene, scene.database.nowMs() - 60_000);
  const before = scene.state.slots[inactive];
  await scene.start({ prompt: "three" }, { bakeMs: 500 });
  await scene.until(() => scene.rollout().reason?.code === "node-behind");
  expect(scene.rollout().phase).toBe("applying");
  expect(scene.state.slots[inactive]).toEqual(before);
  comeBack(scene);
  await scene.untilPhase("succeeded");
});
