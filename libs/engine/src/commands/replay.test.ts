import { defaultReplay, type ReplayPolicy } from "@tandem/domain/replay";
import { AppError, instant } from "@tandem/kernel";
import { buildBundle, type BundleWish, DEPLOYMENT_ID, Scene, TENANT_ID } from "@tandem/testkit";
import { expect, test } from "vitest";

const { agent } = buildBundle({ deploymentId: DEPLOYMENT_ID }).bundle;
const hosted: Partial<BundleWish> = { patch: { agent: { ...agent, kind: "custom-llm" } } };
const asked = (policy: Partial<ReplayPolicy> = {}) => ({
  tenantId: TENANT_ID,
  id: "replay-1",
  deploymentId: DEPLOYMENT_ID,
  policy: { ...defaultReplay, ...policy },
});

/** Two releases, the newer one live with `sessions` past calls. */
async function twoReleases(sessions: number, scene = new Scene()): Promise<Scene> {
  for (const prompt of ["one", "two"]) {
    await scene.start({ prompt, ...hosted });
    await scene.untilPhase("succeeded");
  }
  const release = scene.rollout().bundleHash;
  scene.database.replays.sessions = Array.from({ length: sessions }, (_, index) => ({
    sessionId: `s${index}`,
    disposition: "handled",
    release,
    startedAt: instant(scene.clock.now()),
    said: [`hello ${index}`],
    recorded: [],
    keptUntil: instant(scene.clock.now()),
  }));
  return scene;
}

test("a replay that was asked for is done on both slots and finished; without one nothing is done", async () => {
  const scene = await twoReleases(3);
  expect(await scene.play(scene.engine.runReplay())).toBe(0);
  scene.database.replays.asked = [asked({ sessions: 2 })];
  expect(await scene.play(scene.engine.runReplay())).toBe(1);
  expect(scene.database.replays.endings.get("replay-1")).toMatchObject({ verdict: "same", compared: 2 });
  expect(scene.database.replays.rows).toHaveLength(2);
});

test("what cannot be replayed, or fails, says so", async () => {
  const scene = new Scene();
  scene.database.replays.asked = [asked()];
  await scene.play(scene.engine.runReplay());
  expect(scene.database.replays.endings.get("replay-1")).toMatchObject({ verdict: "nothing" });
  const broken = await twoReleases(1);
  broken.database.replays.asked = [asked()];
  broken.database.replays.pastSession = () => Promise.reject(new AppError("internal", "a row is torn"));
  await broken.play(broken.engine.runReplay());
  expect(broken.database.replays.endings.get("replay-1")).toEqual({ failure: "a row is torn" });
});

test("a process that ends leaves the rest to the next one, and what it compared stays", async () => {
  const world: { scene: Scene | null; had: number } = { scene: null, had: 0 };
  const scene = new Scene({
    settings: { smokeCalls: 1 },
    ingress: {
      replay: async () => {
        world.had += 1;
        if (world.had === 4) void world.scene?.engine.stop();
        await world.scene?.clock.sleep(3000);
        return {};
      },
    },
  });
  world.scene = await twoReleases(5, scene);
  scene.database.replays.asked = [asked()];
  await scene.play(scene.engine.runReplay());
  expect(scene.database.replays.endings.size).toBe(0);
  expect(scene.database.replays.rows.length).toBeGreaterThan(0);
  expect(scene.database.replays.rows.length).toBeLessThan(5);
});
