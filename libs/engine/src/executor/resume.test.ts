import { Scene } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

/** A vendor that answers deletions and does not do them; counts them. */
function keepEverything(scene: Scene) {
  const remove = scene.world.remove.bind(scene.world);
  const asked = { count: 0 };
  scene.world.remove = () => void (asked.count += 1);
  return {
    asked,
    giveIn: () => {
      scene.world.remove = remove;
    },
  };
}

/** A rollout that is ready to be promoted, aborted while the vendor deletes nothing, until it is held. */
async function heldAbort() {
  const scene = new Scene();
  await scene.start({}, { promotion: "manual" });
  await scene.untilPhase("awaiting-promotion");
  expect(scene.state.slots.blue.readyBundleHash).toBe(scene.rollout().bundleHash);
  const vendor = keepEverything(scene);
  await scene.operator.ask(scene.deploymentId, "abort");
  await scene.untilPhase("held");
  expect(scene.rollout()).toMatchObject({ heldPhase: "aborting", reason: { code: "vendor-contract" } });
  return { scene, vendor };
}

describe("a hold for what the vendor keeps", () => {
  it("leaves a slot that promises nothing: what is laid out for removal may be gone any moment", async () => {
    const { scene } = await heldAbort();
    expect(scene.state.slots.blue).toMatchObject({ state: "tainted", readyBundleHash: null });
  });

  it("ends with the first resume after the vendor has given in: the deletion is tried again", async () => {
    const { scene, vendor } = await heldAbort();
    vendor.giveIn();
    await scene.operator.ask(scene.deploymentId, "resume");
    await scene.untilPhase("aborted", "held");
    expect(scene.rollout().phase).toBe("aborted");
    expect(scene.world.present()).toEqual([]);
    expect(scene.state.slots.blue).toMatchObject({ state: "empty", bundleHash: null });
  });

  it("comes again after as many tries as the first time, at each resume, while the vendor goes on keeping it", async () => {
    const { scene, vendor } = await heldAbort();
    const tries = vendor.asked.count;
    expect(tries).toBeGreaterThan(1);
    for (let resumed = 1; resumed <= 2; resumed += 1) {
      await scene.operator.ask(scene.deploymentId, "resume");
      await scene.untilPhase("held");
      expect(scene.rollout().reason?.code).toBe("vendor-contract");
      expect(vendor.asked.count).toBe(tries * (resumed + 1));
    }
  });

  it("promises nothing meanwhile: the slot is no longer ready once its objects are to go", async () => {
    const { scene } = await heldAbort();
    expect(scene.state.slots.blue).toMatchObject({ state: "tainted", readyBundleHash: null });
  });

  it("ends in an apply, too, once the vendor takes the change", async () => {
    const scene = new Scene();
    for (const prompt of ["one", "two"]) {
      await scene.start({ prompt });
      await scene.untilPhase("succeeded");
    }
    const change = scene.world.change.bind(scene.world);
    scene.world.change = (verb, id) => change(verb, id, null);
    await scene.start({ prompt: "three" });
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "applying", reason: { code: "vendor-contract" } });
    scene.world.change = change;
    await scene.operator.ask(scene.deploymentId, "resume");
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout().phase).toBe("succeeded");
  });
});

describe("a change that is taken back", () => {
  it("is over when its object is gone by then: nothing is held for it", async () => {
    const scene = new Scene();
    await scene.start({ lists: ["callers"] });
    await scene.untilPhase("succeeded");
    const [list] = scene.world.present().filter(({ kind }) => kind === "crm.list");
    const { resources } = scene.bundle({ lists: ["callers"], prompt: "two" }).bundle;
    const grown = resources.map((one) =>
      one.kind === "crm.list" ? { ...one, fields: { ...one.fields, label: "Callers" } } : one,
    );
    await scene.start({ patch: { resources: grown } }, { promotion: "manual" });
    await scene.untilPhase("awaiting-promotion");
    expect(scene.world.read(list?.externalId ?? "")?.fields).toHaveProperty("label");
    await scene.operator.ask(scene.deploymentId, "abort");
    scene.atPoint("cleanup.planned", () => scene.world.remove(list?.externalId ?? ""));
    await scene.untilPhase("aborted", "held");
    expect(scene.rollout().phase).toBe("aborted");
    expect(scene.state.steps[scene.rollout().id]?.filter(({ state }) => state === "skipped")).toMatchObject([
      { stage: "cleanup", operation: { verb: "update", kind: "crm.list" }, outcome: { result: "gone" } },
    ]);
  });
});
