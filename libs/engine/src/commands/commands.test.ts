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

describe("plan", () => {
  it("fails when the bundle is not kept", async () => {
    const scene = new Scene();
    expect(await run(scene, { kind: "plan", subjectId: scene.deploymentId, bundleHash: "none" })).toMatchObject({
      state: "failed",
      code: "not_found",
    });
  });
});
