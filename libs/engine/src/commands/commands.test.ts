import type { EngineSettings } from "../settings.ts";
import type { Command } from "@tandem/ports/store/rollouts";
import { CONNECTION_ID, noFaults, Scene } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

async function run(scene: Scene, command: Pick<Command, "kind" | "subjectId"> & Partial<Command>) {
  const { tenantId } = scene.view.deployment;
  scene.database.commands.set("c1", {
    command: { id: "c1", tenantId, bundleHash: null, requestedBy: "user:operator", ...command },
    claimedUntilMs: 0,
    result: null,
  });
  await scene.play(scene.engine.runCommands());
  return scene.database.commands.get("c1")?.result;
}

describe("drift", () => {
  it("tells clean, drifted and missing apart, and that the look was complete", async () => {
    const scene = new Scene();
    await scene.start({ properties: ["lead_source"] });
    await scene.untilPhase("succeeded");
    const idOf = (kind: string) => scene.world.present().find((object) => object.kind === kind)?.externalId ?? "";
    scene.world.change("update", idOf("voice-agent.llm"), { prompt: "edited" });
    scene.world.remove(idOf("crm.property"));
    const result = await run(scene, { kind: "drift", subjectId: scene.deploymentId });
    expect(result).toMatchObject({ state: "done", value: { complete: true, hasDrift: true } });
    const { resources } = (
      result as unknown as { value: { resources: { address: string; state: string; changed: string[] }[] } }
    ).value;
    expect(Object.fromEntries(resources.map(({ address, state }) => [address, state]))).toEqual({
      "crm.property/lead_source": "missing",
      "voice-agent.llm/main": "drifted",
      "voice-agent.agent/main": "clean",
      "telephony.number/main": "clean",
    });
    expect(resources.find(({ state }) => state === "drifted")?.changed).toEqual(["prompt"]);
  });

  it("calls unknown what it could not read, and the look incomplete", async () => {
    const scene = new Scene();
    await scene.start();
    await scene.untilPhase("succeeded");
    scene.faults = { ...noFaults, dropped: 1 };
    const result = await run(scene, { kind: "drift", subjectId: scene.deploymentId });
    expect(result).toMatchObject({ state: "done", value: { complete: false, hasDrift: false } });
    expect(JSON.stringify(result)).toContain("unknown");
  });
});

describe("a look for drift", () => {
  async function live(settings: Partial<EngineSettings> = {}): Promise<Scene> {
    const scene = new Scene({ settings });
    await scene.start();
    await scene.untilPhase("succeeded");
    return scene;
  }
  const llmOf = (scene: Scene) =>
    scene.world.present().find(({ kind }) => kind === "voice-agent.llm")?.externalId ?? "";

  it("is kept as the deployment's latest, whoever asked for it, with what it was before and is now", async () => {
    const scene = await live({ driftLookMs: 60_000 });
    scene.world.change("update", llmOf(scene), { prompt: "edited" });
    await run(scene, { kind: "drift", subjectId: scene.deploymentId });
    const kept = () => scene.database.driftLooks.get(scene.deploymentId);
    expect(kept()).toMatchObject({ complete: true });
    expect(kept()?.resources.find(({ state }) => state === "drifted")?.fields).toEqual([
      { path: "prompt", operation: "set", before: "Be kind.", after: "edited" },
    ]);
    scene.world.change("update", llmOf(scene), { prompt: "Be kind." });
    await scene.play(scene.engine.lookForDrift());
    expect(kept()?.resources.every(({ state }) => state === "clean")).toBe(true);
  });

  it("is due once in its interval, and never where it is off", async () => {
    const scene = await live({ driftLookMs: 60_000 });
    expect(await scene.play(scene.engine.lookForDrift())).toBe(1);
    expect(await scene.play(scene.engine.lookForDrift())).toBe(0);
    await scene.play(scene.clock.sleep(61_000));
    expect(await scene.play(scene.engine.lookForDrift())).toBe(1);
    const off = await live();
    expect(await off.play(off.engine.lookForDrift())).toBe(0);
  });

  it("that fails is told to the operators, and the next one is made in its time", async () => {
    const scene = await live({ driftLookMs: 60_000 });
    const { driftLooks } = scene.database;
    driftLooks.set = () => {
      throw new Error("the database is away");
    };
    expect(await scene.play(scene.engine.lookForDrift())).toBe(1);
    expect(scene.logged.at(-1)).toMatchObject({ level: "error", fields: { deploymentId: scene.deploymentId } });
  });

  it("beside a rollout that writes finds no drift in what the rollout wrote: it is clean, or not known yet", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const scene = new Scene({ seed, settings: { driftLookMs: 1 } });
      await scene.start();
      await scene.untilPhase("succeeded");
      await scene.start({ prompt: "next" });
      const states = new Set<string>();
      const looking = async (): Promise<void> => {
        while (scene.rollout().phase !== "succeeded") {
          await scene.engine.lookForDrift();
          for (const { state } of scene.database.driftLooks.get(scene.deploymentId)?.resources ?? []) states.add(state);
          await scene.clock.sleep(20);
        }
      };
      const rolling = async (): Promise<void> => {
        while (scene.rollout().phase !== "succeeded") {
          await scene.engine.advance(scene.view.deployment.tenantId, scene.deploymentId);
          await scene.clock.sleep(50);
        }
      };
      await scene.play(Promise.all([looking(), rolling()]));
      expect(
        [...states].filter((state) => state === "drifted" || state === "missing"),
        `seed ${seed}`,
      ).toEqual([]);
      expect(states).toContain("clean");
    }
  });
});

describe("test-connection", () => {
  it("tells the account and what is missing", async () => {
    const scene = new Scene({ vendors: { probe: { grantedScopes: [] } } });
    expect(await run(scene, { kind: "test-connection", subjectId: CONNECTION_ID })).toMatchObject({
      state: "done",
      value: { account: "memory", missingScopes: ["objects:write"] },
    });
  });

  it("fails with the vendor's fault in our words", async () => {
    const scene = new Scene({ faults: { ...noFaults, dropped: 1 } });
    expect(await run(scene, { kind: "test-connection", subjectId: CONNECTION_ID })).toMatchObject({
      state: "failed",
      code: "vendor_unavailable",
      detail: "memory: probe: unavailable",
    });
  });

  it("fails for a connection that is gone", async () => {
    expect(await run(new Scene(), { kind: "test-connection", subjectId: "other" })).toMatchObject({
      state: "failed",
      code: "not_found",
    });
  });
});

describe("list-voices", () => {
  it("keeps what the account tells", async () => {
    const voice = { id: "v1", name: "Ada", language: "en", note: "female", previewUrl: null };
    const scene = new Scene({ vendors: { voices: [voice] } });
    expect(await run(scene, { kind: "list-voices", subjectId: CONNECTION_ID })).toMatchObject({
      state: "done",
      value: { voices: [voice], isWhole: true },
    });
  });

  it("fails with the vendor's fault in our words", async () => {
    const scene = new Scene({ vendors: { voices: [] }, faults: { ...noFaults, dropped: 1 } });
    expect(await run(scene, { kind: "list-voices", subjectId: CONNECTION_ID })).toMatchObject({
      state: "failed",
      code: "vendor_unavailable",
      detail: "memory: list voices: unavailable",
    });
  });

  it("fails for an account that tells none, and for a connection that is gone", async () => {
    for (const [subjectId, code] of [
      [CONNECTION_ID, "invalid_input"],
      ["other", "not_found"],
    ] as const)
      expect(await run(new Scene(), { kind: "list-voices", subjectId })).toMatchObject({ state: "failed", code });
  });
});

describe("plan", () => {
  it("fails when the bundle is not kept", async () => {
    const scene = new Scene();
    expect(await run(scene, { kind: "plan", subjectId: scene.deploymentId, bundleHash: "none" })).toMatchObject({
      state: "failed",
      code: "not_found",
    });
  });
});
