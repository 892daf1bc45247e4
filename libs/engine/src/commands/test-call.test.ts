import type { SmokeScenario } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { buildBundle, DEPLOYMENT_ID, Scene } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

async function place(scene: Scene, input: { slot: string; script: string | null }) {
  const { tenantId } = scene.view.deployment;
  const command = { id: "c1", tenantId, kind: "test-call", subjectId: scene.deploymentId } as const;
  scene.database.commands.set("c1", {
    command: { ...command, bundleHash: null, requestedBy: "user:operator", input },
    claimedUntilMs: 0,
    result: null,
  });
  await scene.play(scene.engine.runCommands());
  await scene.play(scene.clock.sleep(5000));
  return scene.database.commands.get("c1")?.result;
}

const asks: SmokeScenario = {
  name: "A caller asks",
  steps: [{ do: "hear", anyOf: ["Good day"] }, { do: "say", text: "When are you open?" }, { do: "listen" }],
};
const books: SmokeScenario = {
  name: "A caller books",
  steps: [
    { do: "say", text: "Tomorrow, please." },
    { do: "expect-tool", tool: "book", outcome: "success" },
  ],
};

function speaking(): Partial<ReleaseBundle> {
  const { bundle } = buildBundle({ deploymentId: DEPLOYMENT_ID });
  const provider = (name: string) => ({ provider: name, model: "m", settings: {} });
  const chain = [provider("one"), provider("two"), provider("three")];
  const book = {
    name: "book",
    description: "Books.",
    operation: "calendar.book" as const,
    resource: "calendar.calendar/bookings",
    arguments: {},
    settings: {},
    acknowledgement: "One moment.",
    timeoutMs: 5000,
  };
  const limits = { maxCallMinutes: 5, inactivitySeconds: 30 };
  return {
    agent: { ...bundle.agent, kind: "tandem" },
    conversation: { ...bundle.conversation, greeting: "Good day to you.", limits },
    smoke: [books, asks],
    tools: [book],
    providers: { stt: chain, llm: chain, tts: chain },
  };
}

type SceneOptions = ConstructorParameters<typeof Scene>[0];

async function live(start: Parameters<Scene["start"]>[0] = {}, options: SceneOptions = {}): Promise<Scene> {
  const scene = new Scene(options);
  await scene.start(start);
  await scene.untilPhase("succeeded");
  return scene;
}

describe("a test call", () => {
  it("tells why it cannot be placed", async () => {
    const scene = await live();
    const { pointer } = scene.database.state(scene.deploymentId);
    const other = pointer.active === "blue" ? "green" : "blue";
    expect(await place(scene, { slot: other, script: null })).toMatchObject({
      state: "failed",
      code: "conflict",
    });
    expect(await place(scene, { slot: pointer.active, script: "none of ours" })).toMatchObject({ state: "failed" });
  });

  it("holds the first conversation that writes nothing, and keeps what was heard", async () => {
    const scene = await live({ hasCalendar: true, patch: speaking() });
    const slot = scene.database.state(scene.deploymentId).pointer.active;
    const writes = scene.world.objects.size;
    const told = await place(scene, { slot, script: null });
    expect(told).toMatchObject({
      state: "done",
      value: { name: "A caller asks", slot, level: "spoken", passed: true, attempts: 1, failures: [] },
    });
    const { turns, sessionId, release } = (told as unknown as { value: Record<string, unknown> }).value;
    expect((turns as unknown[]).length).toBeGreaterThan(0);
    expect([typeof sessionId, typeof release]).toEqual(["string", "string"]);
    expect(scene.world.objects.size).toBe(writes);
  });

  it("never holds one that writes at a vendor, whatever a smoke test may", async () => {
    const scene = await live({ hasCalendar: true, patch: speaking() });
    const slot = scene.database.state(scene.deploymentId).pointer.active;
    expect(await place(scene, { slot, script: "A caller books" })).toMatchObject({ state: "failed", code: "conflict" });
  });

  it("holds nobody up: other commands are answered while it goes on", async () => {
    let goOn = (): void => undefined;
    let isHeld = false;
    const waiting = new Promise<void>((resolve) => (goOn = resolve));
    const conversation: NonNullable<NonNullable<SceneOptions>["ingress"]>["conversation"] = async (_, report) => {
      if (isHeld) await waiting;
      return report;
    };
    const scene = await live({ hasCalendar: true, patch: speaking() }, { ingress: { conversation } });
    isHeld = true;
    const slot = scene.database.state(scene.deploymentId).pointer.active;
    expect(await place(scene, { slot, script: null })).toBeNull();
    goOn();
    await scene.play(scene.clock.sleep(2000));
    expect(scene.database.commands.get("c1")?.result).toMatchObject({ state: "done" });
  });
});
