import { AppError } from "@tandem/kernel";
import { buildBundle, noFaults, Scene, STORED_ROUTING } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

const live = async (scene = new Scene()): Promise<Scene> => {
  await scene.start({ prompt: "one" });
  await scene.untilPhase("succeeded");
  return scene;
};

describe("gates", () => {
  it("waits for an approval and lets the author not give it", async () => {
    const scene = new Scene();
    await scene.start({}, { approval: "required" });
    await scene.until(() => scene.rollout().reason?.code === "awaiting-approval");
    expect(scene.world.ledger).toEqual([]);
    await scene.operator.ask(scene.deploymentId, "approve");
    await scene.untilPhase("succeeded");
    expect(scene.rollout().approvedBy).toBe("user:operator");
  });

  it("aborts when nobody approves in time", async () => {
    const scene = new Scene();
    await scene.start({}, { approval: "required", approvalTtlMs: 5000 });
    await scene.untilPhase("aborted");
    expect(scene.rollout().reason?.code).toBe("approval-expired");
    expect(scene.world.ledger).toEqual([]);
  });

  it("switches only when promoted, and not on an approval that has expired meanwhile", async () => {
    const scene = new Scene();
    await scene.start({}, { approval: "required", promotion: "manual", approvalTtlMs: 20_000 });
    await scene.until(() => scene.rollout().reason?.code === "awaiting-approval");
    await scene.operator.ask(scene.deploymentId, "approve");
    await scene.until(() => scene.rollout().reason?.code === "awaiting-promotion");
    expect(scene.state.slots.blue.state).toBe("ready");
    await scene.play(scene.clock.sleep(19_600));
    await scene.operator.ask(scene.deploymentId, "promote");
    await scene.untilPhase("held", "succeeded");
    expect(scene.rollout().reason).toMatchObject({ code: "switch-lost", detail: "the approval has expired" });
    expect(scene.state.pointer.active).toBe("none");
  });
});

describe("a plan that was saved", () => {
  it("is applied as it is, and is refused when what it read has moved", async () => {
    const scene = await live();
    const planOf = async (prompt: string) => {
      const { bundle, hash } = scene.bundle({ prompt });
      const id = `plan-${prompt}`;
      scene.database.bundles.set(hash, bundle);
      scene.database.commands.set(id, {
        command: {
          id,
          tenantId: scene.view.deployment.tenantId,
          kind: "plan",
          subjectId: scene.deploymentId,
          bundleHash: hash,
          requestedBy: "user:author",
        },
        claimedUntilMs: 0,
        result: null,
      });
      await scene.play(scene.engine.runCommands());
      return { id, bundle, hash };
    };
    const policy = { approval: "none", promotion: "automatic", bakeMs: 1000, approvalTtlMs: 60_000 } as const;
    const before = scene.world.ledger.length;
    const good = await planOf("two");
    expect(scene.world.ledger.length).toBe(before);
    await scene.operator.start(scene.deploymentId, {
      bundle: good.bundle,
      bundleHash: good.hash,
      policy,
      planId: good.id,
    });
    await scene.untilPhase("succeeded");
    expect(scene.rollout().planId).toBe(good.id);
    const stale = await planOf("three");
    const llm = scene.state.bindings.find(({ address, slot }) => address === "voice-agent.llm/main" && slot === "blue");
    scene.world.change("update", llm?.externalId ?? "", { prompt: "edited in the dashboard" });
    await scene.operator.start(scene.deploymentId, {
      bundle: stale.bundle,
      bundleHash: stale.hash,
      policy,
      planId: stale.id,
    });
    await scene.untilPhase("failed", "succeeded", "held");
    expect(scene.rollout()).toMatchObject({
      phase: "failed",
      reason: { code: "plan-stale", detail: "observed.blue:voice-agent.llm/main" },
    });
  });
});

describe("going back", () => {
  it("an abort cleans the inactive slot and leaves the active one alone", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" });
    scene.atPoint("step.outcome.after", () => scene.operator.ask(scene.deploymentId, "abort"));
    await scene.untilPhase("aborted");
    expect(scene.world.ledger.slice(-2).map(({ verb, kind }) => `${verb} ${kind}`)).toEqual([
      "create voice-agent.llm",
      "delete voice-agent.llm",
    ]);
    expect(scene.state.slots.green).toMatchObject({ state: "empty", bundleHash: null });
    expect(scene.state.slots.blue.state).toBe("active");
    expect(scene.world.present().length).toBe(2);
    expect(scene.state.bindings.filter(({ slot }) => slot === "green")).toEqual([]);
  });

  it("an abort before the first write leaves the previous release ready to go back to", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" });
    await scene.untilPhase("succeeded");
    await scene.start({ prompt: "three" }, { approval: "required" });
    await scene.until(() => scene.rollout().reason?.code === "awaiting-approval");
    await scene.operator.ask(scene.deploymentId, "abort");
    await scene.untilPhase("aborted");
    expect(scene.state.slots.blue.readyBundleHash).not.toBeNull();
    expect(await scene.operator.rollback(scene.deploymentId)).toBe("rollback");
    expect(scene.state.pointer.active).toBe("blue");
  });

  it("a rollback in bake moves the pointer at once and cleans up after the last call", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, { bakeMs: 60_000 });
    await scene.untilPhase("baking");
    expect(scene.state.pointer).toMatchObject({ active: "green", generation: 2 });
    scene.database.liveCalls.set(`${scene.deploymentId}/green`, 0);
    await scene.operator.rollback(scene.deploymentId);
    expect(scene.state.pointer).toMatchObject({ active: "blue", generation: 3 });
    await scene.untilPhase("rolled-back");
    expect(scene.rollout().reason?.code).toBe("rollback-asked");
    expect(scene.state.slots.green.state).toBe("empty");
    expect(scene.world.present().length).toBe(2);
    await expect(scene.operator.rollback(scene.deploymentId)).rejects.toMatchObject({ code: "previous_slot_gone" });
  });

  it("a release that stops answering in bake goes back by itself", async () => {
    const bad = buildBundle({ deploymentId: new Scene().deploymentId, prompt: "bad" });
    const scene = await live(new Scene({ ingress: { badWhenLive: new Set([bad.hash]) } }));
    await scene.start({ prompt: "bad" }, { bakeMs: 60_000 });
    await scene.untilPhase("rolled-back", "held", "succeeded");
    expect(scene.rollout()).toMatchObject({ phase: "rolled-back", reason: { code: "bake-breached" } });
    expect(scene.state.pointer.active).toBe("blue");
  });

  it("a first release that stops answering is held, and detach lets go of the number", async () => {
    const bad = buildBundle({ deploymentId: new Scene().deploymentId, prompt: "bad" });
    const scene = new Scene({ ingress: { badWhenLive: new Set([bad.hash]) } });
    await scene.start({ prompt: "bad" }, { bakeMs: 60_000 });
    await scene.untilPhase("held");
    expect(scene.rollout().reason?.code).toBe("way-back-gone");
    await expect(scene.operator.rollback(scene.deploymentId)).rejects.toBeInstanceOf(AppError);
    await scene.operator.detach(scene.deploymentId);
    await scene.untilPhase("rolled-back");
    expect(scene.state.pointer).toMatchObject({ active: "none", generation: 2 });
    expect([...scene.world.routings.values()]).toEqual([{ ...STORED_ROUTING, numberId: "PN-0001" }]);
    expect(scene.state.attachment.attached).toBe(false);
  });

  it("a detach leaves a number alone that somebody has pointed elsewhere", async () => {
    const scene = await live();
    const [[number, routing] = []] = [...scene.world.routings];
    if (number === undefined || routing === undefined) throw new Error("no number");
    scene.world.routings.set(number, { ...routing, voiceUrl: "https://elsewhere.example/" });
    await scene.operator.detach(scene.deploymentId);
    await scene.untilPhase("rolled-back");
    expect(scene.world.routings.get(number)?.voiceUrl).toBe("https://elsewhere.example/");
    expect(scene.state.pointer.active).toBe("none");
  });
});

describe("holds that end by themselves", () => {
  it("apply waits for the target slot's last call", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" });
    await scene.untilPhase("succeeded");
    const calls = [{ callId: "c1", from: "", to: "", startedAt: "" }];
    scene.liveCalls = calls;
    scene.database.liveCalls.set(`${scene.deploymentId}/blue`, 1);
    await scene.start({ prompt: "three" });
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "applying", reason: { code: "slot-draining" } });
    scene.database.liveCalls.set(`${scene.deploymentId}/blue`, 0);
    await scene.untilPhase("succeeded");
    expect(scene.state.pointer.active).toBe("blue");
  });

  it("a call whose end was never reported does not hold apply up once the carrier does not know it", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" });
    await scene.untilPhase("succeeded");
    scene.database.liveCalls.set(`${scene.deploymentId}/blue`, 3);
    await scene.start({ prompt: "three" });
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout().phase).toBe("succeeded");
  });

  it("a suspended tenant's rollout waits until the tenant is active again", async () => {
    const scene = new Scene();
    scene.operator.setTenantStatus(scene.deploymentId, "suspended");
    await scene.start();
    await scene.untilPhase("held");
    expect(scene.rollout().reason?.code).toBe("tenant-suspended");
    scene.operator.setTenantStatus(scene.deploymentId, "active");
    await scene.untilPhase("succeeded");
  });
});

describe("the smoke test", () => {
  const tool = (name: string, operation: "calendar.find-slots" | "calendar.book") => ({
    name,
    description: "",
    operation,
    arguments: {},
    settings: {},
    acknowledgement: "",
    timeoutMs: 1000,
  });
  const tools = [tool("find_slots", "calendar.find-slots"), tool("book", "calendar.book")];

  it("holds the rollout when a tool fails, and passes on resume", async () => {
    const answers: Record<string, { status: number; result: { outcome: string } }> = {
      find_slots: { status: 200, result: { outcome: "failure" } },
    };
    const scene = new Scene({ ingress: { tools: answers } });
    await scene.start({
      patch: {
        tools,
        smoke: [
          {
            name: "finds",
            steps: [
              { do: "answer", expect: "agent" },
              { do: "tool", tool: "find_slots", arguments: {}, expect: "success" },
            ],
          },
        ],
      },
    });
    await scene.untilPhase("held");
    expect(scene.rollout().reason).toMatchObject({
      code: "smoke-failed",
      detail: expect.stringContaining("find_slots"),
    });
    expect(scene.state.pointer.active).toBe("none");
    answers["find_slots"] = { status: 200, result: { outcome: "success" } };
    await scene.operator.ask(scene.deploymentId, "resume");
    await scene.untilPhase("succeeded");
  });

  it("does not pass without a sample", async () => {
    const scene = new Scene();
    await scene.start({ patch: { smoke: [] } });
    await scene.untilPhase("held");
    expect(scene.rollout().reason).toMatchObject({ code: "smoke-failed", detail: "nothing was tested" });
  });

  it("skips writes where the connection allows none, and says so", async () => {
    const scene = new Scene({ ingress: { tools: { book: { status: 500, result: null } } } });
    scene.database.connections.splice(0, 1, {
      ...(scene.database.connections[0] as NonNullable<(typeof scene.database.connections)[0]>),
      smokeWrites: "none",
    });
    await scene.start({
      patch: {
        tools,
        smoke: [
          {
            name: "books",
            steps: [
              { do: "answer", expect: "agent" },
              { do: "tool", tool: "book", arguments: {}, expect: "success" },
            ],
          },
        ],
      },
    });
    await scene.untilPhase("succeeded", "held");
    expect(scene.rollout().memory["smoke"]).toMatchObject({ passed: true, skippedWrites: 1, reducedEvidence: true });
    expect(
      scene.database.events.find(
        ({ type, payload }) => type === "finding-raised" && payload["code"] === "reduced-evidence",
      ),
    ).toBeDefined();
  });

  it("does not pass when the hosted agent is not what was published", async () => {
    const scene = new Scene();
    const change = scene.world.change.bind(scene.world);
    scene.world.change = (verb, externalId, fields) => {
      const changed = change(verb, externalId, fields);
      scene.atPoint("step.outcome.after", () => void change("draft", externalId, null));
      return changed;
    };
    await scene.start();
    await scene.untilPhase("held", "succeeded");
    expect(scene.rollout().reason).toMatchObject({
      code: "smoke-failed",
      detail: "voice-agent.agent/main is not published",
    });
  });
});

describe("retire", () => {
  it("removes what no slot needs any more, after bake, and not what another deployment uses", async () => {
    const scene = new Scene();
    await scene.start({ properties: ["old_field"] });
    await scene.untilPhase("succeeded");
    await scene.start({ prompt: "two" });
    await scene.untilPhase("succeeded");
    expect(scene.world.present().some(({ kind }) => kind === "crm.property")).toBe(true);
    await scene.start({ prompt: "three" });
    await scene.untilPhase("succeeded");
    expect(scene.world.present().some(({ kind }) => kind === "crm.property")).toBe(false);
    expect(scene.state.bindings.some(({ kind }) => kind === "crm.property")).toBe(false);
  });
});

describe("a vendor that is down in bake", () => {
  it("keeps the verdict open instead of calling it success", async () => {
    const scene = await live();
    await scene.start({ prompt: "two" }, { bakeMs: 2000 });
    await scene.untilPhase("baking");
    scene.faults = { ...noFaults, dropped: 1 };
    await scene.until(() => scene.rollout().reason?.code === "bake-check-failing");
    await scene.play(scene.clock.sleep(10_000));
    await scene.advance();
    expect(scene.rollout().phase).toBe("baking");
    scene.faults = noFaults;
    await scene.untilPhase("succeeded");
  });
});
