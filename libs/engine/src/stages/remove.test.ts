import { DEPLOYMENT_ID, Scene } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

const kinds = (scene: Scene): string[] =>
  scene.world
    .present()
    .map(({ kind }) => kind)
    .toSorted();

async function live(patch: ConstructorParameters<typeof Scene>[0] = {}): Promise<Scene> {
  const scene = new Scene(patch);
  await scene.start({ prompt: "one", properties: ["lead_source"] });
  await scene.untilPhase("succeeded");
  await scene.start({ prompt: "two", properties: ["lead_source"] });
  await scene.untilPhase("succeeded");
  return scene;
}

const told = (scene: Scene) => scene.database.events.findLast(({ type }) => type === "removal-planned")?.payload;

describe("a deployment that is taken apart", () => {
  it("gives the number back, empties both slots, and leaves what holds the tenant's data", async () => {
    const scene = await live();
    const before = new Scene();
    expect(await scene.operator.removeDeployment(DEPLOYMENT_ID)).toBe("start");
    await scene.untilPhase("rolled-back");
    expect(scene.rollout().reason?.code).toBe("tenant-offboarded");
    expect(scene.state.pointer.active).toBe("none");
    expect(scene.state.attachment.attached).toBe(false);
    expect(scene.state.bindings).toEqual([]);
    expect(Object.values(scene.state.slots).map(({ state, bundleHash }) => [state, bundleHash])).toEqual([
      ["empty", null],
      ["empty", null],
    ]);
    expect(kinds(scene)).toEqual([...kinds(before), "crm.property"].toSorted());
    expect(told(scene)).toMatchObject({
      kept: expect.arrayContaining([
        expect.objectContaining({ kind: "crm.property", why: "holds-data" }),
        expect.objectContaining({ kind: "telephony.number", why: "holds-data" }),
      ]) as unknown,
    });
  });

  it("waits for callers, and removes nothing under them", async () => {
    const scene = await live();
    scene.database.liveCalls.set(`${DEPLOYMENT_ID}/blue`, 1);
    scene.liveCalls = [{ callId: "CA1" }] as never;
    const before = kinds(scene);
    await scene.operator.removeDeployment(DEPLOYMENT_ID);
    await scene.until(() => scene.state.pointer.active === "none" && scene.rollout().reason?.code === "draining");
    await scene.play(scene.clock.sleep(60_000));
    await scene.advance();
    expect(kinds(scene)).toEqual(before);
    scene.liveCalls = [];
    await scene.untilPhase("rolled-back");
  });

  it("ends a live rollout first, whatever it does", async () => {
    const scene = await live();
    await scene.start({ prompt: "three" }, { promotion: "manual" });
    await scene.untilPhase("awaiting-promotion");
    expect(await scene.operator.removeDeployment(DEPLOYMENT_ID)).toBe("end-live");
    expect(await scene.operator.removeDeployment(DEPLOYMENT_ID)).toBe("wait");
    await scene.untilPhase("aborted");
    await scene.start({ prompt: "four" }, { bakeMs: 600_000 });
    await scene.untilPhase("baking");
    expect(await scene.operator.removeDeployment(DEPLOYMENT_ID)).toBe("end-live");
    await scene.untilPhase("rolled-back");
    await scene.start(
      { prompt: "five" },
      { strategy: { kind: "canary", steps: [{ weightBp: 500, watchMs: 600_000 }] } },
    );
    await scene.untilPhase("succeeded", "shifting");
    expect(["start", "roll-back"]).toContain(await scene.operator.removeDeployment(DEPLOYMENT_ID));
  });

  it("is held with a reason while the vendor is away, and goes on when resumed", async () => {
    const scene = await live();
    await scene.operator.removeDeployment(DEPLOYMENT_ID);
    await scene.until(() => scene.state.pointer.active === "none");
    scene.faults = { ...scene.faults, dropped: 1 };
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "rolling-back", reason: { code: "vendor-unavailable" } });
    scene.faults = { ...scene.faults, dropped: 0 };
    await scene.operator.ask(DEPLOYMENT_ID, "resume");
    await scene.untilPhase("rolled-back");
    expect(scene.state.bindings).toEqual([]);
  });

  it("promises nothing while a vendor keeps what is to go", async () => {
    const scene = await live();
    scene.world.remove = () => {};
    await scene.operator.removeDeployment(DEPLOYMENT_ID);
    await scene.untilPhase("held");
    expect(scene.rollout().reason?.code).toBe("vendor-contract");
    expect(Object.values(scene.state.slots).map(({ readyBundleHash }) => readyBundleHash)).toEqual([null, null]);
  });

  it("has nothing to do where there never was a rollout", async () => {
    expect(await new Scene().operator.removeDeployment(DEPLOYMENT_ID)).toBe("nothing");
  });
});
