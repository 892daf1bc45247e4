import { Scene, STORED_ROUTING } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

describe("a rollout that nothing disturbs", () => {
  it("goes through every phase, attaches the number and succeeds", async () => {
    const scene = new Scene();
    await scene.start({ properties: ["lead_source"] });
    await scene.untilPhase("succeeded", "held", "failed");
    expect(scene.rollout().reason).toBeNull();
    expect(
      scene
        .events()
        .filter(
          (name, index, all) => all.indexOf(name) === index && !name.includes("-done") && !/(raised|waited)/.test(name),
        ),
    ).toEqual([
      "preflighting",
      "planning",
      "plan-made",
      "awaiting-approval",
      "applying",
      "slot-tainted",
      "smoke-testing",
      "smoke-reported",
      "awaiting-promotion",
      "switching",
      "pointer-moved",
      "routing-written",
      "baking",
      "retiring",
      "succeeded",
    ]);
    expect(scene.state.pointer).toMatchObject({ active: "blue", generation: 1 });
    expect(scene.state.slots.blue).toMatchObject({
      state: "active",
      readyBundleHash: scene.rollout().bundleHash,
      intact: true,
    });
    expect(scene.state.attachment).toMatchObject({
      attached: true,
      storedRouting: { voiceUrl: STORED_ROUTING.voiceUrl },
    });
    expect(scene.world.ledger.map(({ verb, kind }) => `${verb} ${kind}`)).toEqual([
      "create crm.property",
      "create voice-agent.llm",
      "create voice-agent.agent",
      "publish voice-agent.agent",
      "route telephony.number",
    ]);
    expect(scene.logged.filter(({ level }) => level === "error")).toEqual([]);
    const looked = scene.looks.map(({ phase }) => phase);
    expect([...new Set(looked)]).toEqual(
      expect.arrayContaining(["preflighting", "applying", "smoke-testing", "baking"]),
    );
    expect(scene.looks.every(({ startMs, endMs }) => endMs >= startMs)).toBe(true);
  });

  it("writes nothing at any vendor for what is unchanged", async () => {
    const scene = new Scene();
    await scene.start({ prompt: "one" });
    await scene.untilPhase("succeeded");
    await scene.start({ prompt: "two" });
    await scene.untilPhase("succeeded");
    await scene.start({ prompt: "one" });
    await scene.untilPhase("succeeded");
    const before = scene.world.ledger.length;
    await scene.start({ prompt: "two", patch: { fallbackNumber: "+15550100009" } });
    await scene.untilPhase("succeeded");
    expect(scene.world.ledger.slice(before)).toEqual([]);
    expect(scene.state.pointer).toMatchObject({ active: "green", generation: 4 });
  });
});
