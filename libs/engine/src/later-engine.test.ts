import { Scene } from "@tandem/testkit";
import type { Phase } from "@tandem/domain/rollout";
import { expect, it } from "vitest";
import { ENGINE_VERSION } from "./context.ts";

/** Makes the newest rollout one that a later engine has written. */
function rewrite(scene: Scene, change: object): void {
  const { deploymentId, state } = scene;
  const rollouts = state.rollouts.map((rollout, nth) =>
    nth === state.rollouts.length - 1 ? { ...rollout, ...change } : rollout,
  );
  scene.database.deployments.set(deploymentId, { ...state, rollouts });
}

it("a rollout that a later engine began is held, nothing is written for it, and it goes on where a worker knows it", async () => {
  const scene = new Scene();
  await scene.start();
  rewrite(scene, { engineVersion: `${Number(ENGINE_VERSION) + 1}.0` });
  await scene.untilPhase("held");
  expect(scene.rollout()).toMatchObject({ heldPhase: "queued", reason: { code: "engine-version" } });
  expect(scene.world.ledger).toEqual([]);
  rewrite(scene, { engineVersion: ENGINE_VERSION });
  await scene.operator.ask(scene.deploymentId, "resume");
  await scene.untilPhase("succeeded");
});

it.each([
  ["a phase", { phase: "levitating" as Phase }],
  ["a held phase", { phase: "held", heldPhase: "levitating" as Phase }],
  ["a phase that somebody wants to leave", { phase: "levitating" as Phase, desired: "abort" }],
])("%s that a later engine has added is left as it is, and told in the log", async (_name, change) => {
  const scene = new Scene();
  await scene.start();
  rewrite(scene, change);
  const before = scene.state.rollouts;
  for (let look = 0; look < 3; look += 1) await scene.advance();
  expect(scene.state.rollouts).toEqual(before);
  expect(scene.state.pointer.active).toBe("none");
  expect(scene.world.ledger).toEqual([]);
  expect(scene.logged.filter(({ level }) => level === "error")).toEqual([]);
  expect(scene.logged.find(({ level }) => level === "warn")?.message).toMatch(/left to one/);
});
