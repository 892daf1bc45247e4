import { describe, expect, it } from "vitest";
import { CALLER, CallScene } from "../test/call-scene.ts";
import { answer } from "../test/scripted-models.ts";

const recorded = { reason: "a leak", urgency: "can-wait" };

/** Everything that an answer which never was may not change. */
const trace = (scene: CallScene): unknown => ({ state: scene.engine.state, summary: scene.engine.summary() });

/** In the step that saves, so that whatever the model does next writes. */
async function aboutToSave(): Promise<CallScene> {
  const scene = new CallScene();
  await scene.turn("A leak.", { calls: [["record_answers", recorded]] }, { say: "Your name?" });
  await scene.turn("Anna Smith.", {
    calls: [["record_answers", { caller_name: "Anna Smith" }]],
    say: "Your own number?",
  });
  await scene.turn("Yes.", { calls: [["record_answers", { callback_number: CALLER }]] }, { say: "A fixed time?" });
  expect(scene.engine.state.objective).toBe("offer_callback");
  return scene;
}

describe("an answer that was begun too early", () => {
  it("is discarded without a trace, and its completion is cancelled", () => {
    const scene = new CallScene({ replies: ["waits"] });
    const before = trace(scene);
    const { heard, pending } = scene.hears("My tap");
    scene.models.last.listener.text("Your tap");
    expect(heard.spoken, "told at once, so that speech can be prepared").toBe("Your tap");
    pending.discard();
    expect(scene.models.last.isCancelled).toBe(true);
    scene.models.last.listener.text(" is");
    answer(scene.models.last, { calls: [["record_answers", recorded]] });
    expect(heard.spoken).toBe("Your tap");
    expect(heard.outcome).toBeNull();
    expect(trace(scene)).toEqual(before);
    pending.commit();
    expect(trace(scene)).toEqual(before);
  });

  it("leaves no step, no fact and no event of them even when it was whole", async () => {
    const scene = new CallScene({
      replies: [{ say: "I see.", calls: [["record_answers", recorded]] }, { say: "Your name?" }],
    });
    const before = trace(scene);
    const { heard, pending } = scene.hears("A leak, it can wait");
    expect(heard.outcome).toEqual({ next: "listen" });
    pending.discard();
    expect(trace(scene)).toEqual(before);
    expect(scene.eventsOf("fact-collected")).toEqual([]);
    expect(scene.eventsOf("objective-entered").map(({ objective }) => objective)).toEqual(["understand"]);

    scene.models.expect({ say: "Sorry?" });
    scene.hears("A leak, it can wait until tomorrow");
    expect(
      scene.models.last.messages.map(({ role }) => role),
      "the next answer knows nothing of it",
    ).toEqual(["system", "user"]);
  });

  it("holds writes until it is committed, and runs reads before", async () => {
    const scene = await aboutToSave();
    scene.models.expect(
      { calls: [["record_answers", { wants_callback: false }]] },
      { calls: [["save_contact", { name: "Anna Smith", phone: CALLER }]] },
      { say: "Noted.", calls: [["save_message", { text: "A leak." }]] },
      { say: "Anything else?" },
    );
    const { heard, pending } = scene.hears("No, any time.");
    await scene.pass(5000);
    expect(scene.tools.runsOf("save_contact")).toBe(0);
    expect(heard.outcome).toBeNull();
    expect(scene.engine.state.objective).toBe("offer_callback");
    pending.commit();
    await scene.settle(heard);
    expect(scene.tools.runsOf("save_contact")).toBe(1);
    expect(scene.tools.runsOf("save_message")).toBe(1);
    expect(scene.engine.state.objective).toBe("goodbye");
    expect(
      scene.tools.ran.filter(({ tool }) => tool.startsWith("save")).every(({ isSpeculative }) => !isSpeculative),
    ).toBe(true);
  });

  it("never writes when it is discarded while it waits", async () => {
    const scene = await aboutToSave();
    scene.models.expect(
      { calls: [["record_answers", { wants_callback: false }]] },
      { calls: [["save_contact", { name: "Anna Smith", phone: CALLER }]] },
    );
    const { pending } = scene.hears("No,");
    pending.discard();
    pending.commit();
    await scene.pass(5000);
    expect(scene.tools.ran.map(({ tool }) => tool)).toEqual(["find_slots"]);
  });

  it("keeps what it has read", async () => {
    const scene = await aboutToSave();
    const monday = { from: "2026-01-12" };
    scene.models.expect(
      {
        calls: [
          ["record_answers", { wants_callback: true }],
          ["find_slots", monday],
        ],
      },
      { say: "At ten?" },
    );
    const { heard, pending } = scene.hears("Yes, next Monday");
    await scene.settle(heard);
    pending.discard();
    expect(scene.tools.ran.at(-1)).toEqual({ tool: "find_slots", args: monday, isSpeculative: true });
    const runs = scene.tools.runsOf("find_slots");
    await scene.turn(
      "Yes, next Monday please.",
      {
        calls: [
          ["record_answers", { wants_callback: true }],
          ["find_slots", monday],
        ],
      },
      { say: "At ten?" },
    );
    expect(scene.tools.runsOf("find_slots")).toBe(runs);
    expect(scene.eventsOf("tool-finished").at(-1)).toMatchObject({
      tool: "find_slots",
      wasCached: true,
      durationMs: 0,
    });
  });

  it("is not led on by what it has read, also when that comes later", async () => {
    const scene = await aboutToSave();
    scene.tools.takesMs["find_slots"] = 1000;
    scene.models.expect({ calls: [["find_slots", { from: "2026-01-12" }]] });
    scene.hears("Next Monday").pending.discard();
    await scene.pass(2000);
    await scene.turn("Well, what did you ask?", { say: "A fixed time?" });
    expect(scene.engine.state.objective).toBe("offer_callback");
    expect(scene.models.last.messages.some(({ content }) => content.includes("tomorrow at ten"))).toBe(false);
  });

  it("holds a hand-off and a hang-up until it is committed", () => {
    const scene = new CallScene({
      replies: [{ calls: [["transfer_call", { destination: "human", reason: "Wants Bob" }]] }],
    });
    const { heard, pending } = scene.hears("Bob, please");
    expect(heard.spoken).toBe("I am connecting you to a person now.");
    expect(heard.outcome).toBeNull();
    pending.commit();
    expect(heard.outcome).toMatchObject({ next: "hand-off", to: "human" });
  });
});

describe("text", () => {
  it("reaches the sink inside the model's own callback", () => {
    const scene = new CallScene({ replies: ["waits"] });
    const { heard } = scene.hears("Hello");
    for (const delta of ["One", " two", "", " three"]) {
      scene.models.last.listener.text(delta);
      expect(heard.told.at(-1)).toEqual({ text: delta === "" ? " two" : delta });
    }
  });
});
