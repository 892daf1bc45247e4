import { randomInt } from "node:crypto";
import { comparedSession, defaultReplay, type ReplayPolicy, type ReplayReport } from "@tandem/domain/replay";
import { instant, setFaultHook } from "@tandem/kernel";
import type { ReplayTalk } from "@tandem/ports/ingress-probe";
import { buildBundle, type BundleWish, DEPLOYMENT_ID, Scene, type SceneOptions, TENANT_ID } from "@tandem/testkit";
import { afterEach, describe, expect, test } from "vitest";

const HOLD: ReplayPolicy = { ...defaultReplay, sessions: 4, maxDifferingShare: 0.25, gate: "hold" };
const seed = randomInt(1_000_000);
const { agent } = buildBundle({ deploymentId: DEPLOYMENT_ID }).bundle;
const spoken: Partial<BundleWish> = { patch: { agent: { ...agent, kind: "custom-llm" } } };

/** A live release with past sessions, and a rollout of the next one under the policy. */
async function rolledOut(
  replay: ReplayPolicy,
  sessions: number,
  quirk?: NonNullable<SceneOptions["ingress"]>["replay"],
): Promise<{ scene: Scene; next: string; live: string }> {
  const scene = new Scene({ seed, ingress: quirk === undefined ? {} : { replay: quirk } });
  await scene.start({ prompt: "one", ...spoken });
  await scene.untilPhase("succeeded");
  const live = scene.rollout().bundleHash;
  scene.database.replays.sessions = Array.from({ length: sessions }, (_, index) => ({
    sessionId: `s${index}`,
    disposition: index % 2 === 0 ? "handled" : "booked",
    release: live,
    startedAt: instant(scene.clock.now() - 60_000 * index),
    said: [`my name is [name], number ${index}`],
    recorded: [],
    keptUntil: instant(scene.clock.now() + 86_400_000),
  }));
  await scene.start({ prompt: "two", ...spoken }, { replay });
  return { scene, live, next: scene.rollout().bundleHash };
}

const reportOf = (scene: Scene) => scene.rollout().memory["replay"] as unknown as ReplayReport | undefined;
const numberOf = ({ said }: ReplayTalk): number => Number(/number (\d+)/.exec(said[0] ?? "")?.[1]);

afterEach(() => setFaultHook(undefined));

describe(`past sessions (seed ${seed})`, () => {
  test("that end as before let the rollout through, told once, without a word of them", async () => {
    const { scene } = await rolledOut(HOLD, 6);
    await scene.untilPhase("succeeded");
    expect(reportOf(scene)).toMatchObject({ verdict: "same", sessions: 4, compared: 4, differing: 0, unsteady: 0 });
    expect(scene.events().filter((type) => type === "replay-reported")).toHaveLength(1);
    const waited = scene.database.events
      .filter(({ type }) => type === "rollout-waited")
      .map(({ payload }) => payload["reason"]);
    expect(waited).toEqual(["baking", "replaying", "baking"]);
    expect(scene.events().indexOf("replay-reported")).toBeLessThan(scene.events().indexOf("switching"));
    const told = JSON.stringify([
      scene.database.events,
      scene.rollout().memory,
      scene.database.replays.rows.map(({ comparison }) => comparison),
    ]);
    expect(told).not.toMatch(/my name|number 0/);
    expect(scene.database.replays.rows[0]?.words.turns[0]?.said).toMatch(/^my name is [A-Z]/);
  });

  test("that end differently hold it before anybody is on it; promote accepts that", async () => {
    const rolled: { next?: string } = {};
    const { scene, next } = await rolledOut(HOLD, 4, (hash, talk) =>
      hash === rolled.next && numberOf(talk) < 2 ? { disposition: "transferred", handedOffTo: "human" } : {},
    );
    rolled.next = next;
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "awaiting-promotion", reason: { code: "replay-differs" } });
    expect(scene.rollout().reason?.detail).toMatch(/^2 of 4 sessions end differently, 25 % at most/);
    expect(scene.state.pointer.active).not.toBe(scene.rollout().targetSlot);
    await scene.operator.ask(scene.deploymentId, "promote");
    await scene.untilPhase("succeeded");
    expect(reportOf(scene)).toMatchObject({ verdict: "differs", differing: 2 });
  });

  test("are shown and hold nothing where the policy only shows, and are left alone where it is off", async () => {
    const different = (hash: string) => ({ disposition: hash });
    const shown = await rolledOut({ ...HOLD, gate: "show" }, 3, different);
    await shown.scene.untilPhase("succeeded");
    expect(reportOf(shown.scene)).toMatchObject({ verdict: "differs", differing: 3 });
    const off = await rolledOut({ ...HOLD, gate: "off" }, 3, different);
    await off.scene.untilPhase("succeeded");
    expect(reportOf(off.scene)).toBeUndefined();
    expect(off.scene.database.replays.rows).toEqual([]);
  });

  test("in which the live release differs from itself are noise, and told as such", async () => {
    const { scene } = await rolledOut(HOLD, 4, (_hash, talk, had) =>
      numberOf(talk) < 3 && had === 1 ? { disposition: "transferred" } : {},
    );
    await scene.untilPhase("succeeded");
    expect(reportOf(scene)).toMatchObject({ verdict: "same", differing: 0, unsteady: 3, compared: 4 });
  });

  test("that cannot be had on the new release differ; where none can be had at all nothing passes", async () => {
    let isDown = false;
    const { scene } = await rolledOut(HOLD, 2, () => {
      if (isDown) throw new Error("connection refused");
      return {};
    });
    isDown = true;
    await scene.untilPhase("held");
    expect(scene.rollout().reason).toMatchObject({
      code: "replay-differs",
      detail: expect.stringMatching(/^none of 2/),
    });
  });

  test("of a vendor's own model are said to be not replayable, and no sessions are nothing to wait for", async () => {
    const none = await rolledOut(HOLD, 0);
    await none.scene.untilPhase("succeeded");
    expect(reportOf(none.scene)).toMatchObject({ verdict: "nothing", sessions: 0 });
    const scene = new Scene({ seed });
    await scene.start({ prompt: "one" });
    await scene.untilPhase("succeeded");
    await scene.start({ prompt: "two" }, { replay: HOLD });
    await scene.untilPhase("succeeded");
    expect(reportOf(scene)?.detail).toMatch(/not replayable/);
  });

  test("that a worker compared before it died are not had again", async () => {
    const asked = new Set<number>();
    const { scene, live } = await rolledOut(HOLD, 4, (_hash, talk) => {
      asked.add(numberOf(talk));
      return {};
    });
    const run = {
      bundleHash: live,
      disposition: "handled",
      handedOffTo: null,
      language: "en-US",
      objectives: [],
      turns: [],
      trouble: null,
    };
    const runs = { before: run, again: run, after: { ...run, disposition: "transferred" } };
    await scene.database.replays.keep({
      tenantId: TENANT_ID,
      deploymentId: scene.deploymentId,
      replayId: scene.rollout().id,
      comparison: comparedSession({ sessionId: "s0", disposition: "handled" }, runs),
      words: { turns: [] },
      wordsUntil: instant(scene.clock.now()),
    });
    await scene.untilPhase("succeeded");
    expect(asked).toEqual(new Set([1, 2, 3]));
    expect(reportOf(scene)).toMatchObject({ compared: 4, differing: 1 });
  });

  test("are left as soon as somebody wants another way", async () => {
    const world: { scene?: Scene; asked: number } = { asked: 0 };
    const { scene } = await rolledOut(HOLD, 4, async () => {
      world.asked += 1;
      if (world.asked === 1) await world.scene?.operator.ask(world.scene.deploymentId, "abort");
      await world.scene?.clock.sleep(5000);
      return {};
    });
    world.scene = scene;
    await scene.untilPhase("aborted");
    expect(world.asked).toBeLessThan(9);
    expect(reportOf(scene)).toBeUndefined();
  });
});
