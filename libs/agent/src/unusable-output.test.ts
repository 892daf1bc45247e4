import { describe, expect, it } from "vitest";
import { CALLER, CallScene } from "../test/call-scene.ts";
import type { ModelReply } from "../test/scripted-models.ts";

const toolMessages = (scene: CallScene): unknown[] =>
  scene.models.last.messages.flatMap((message) =>
    message.role === "tool" ? [JSON.parse(message.content) as unknown] : [],
  );

describe("output that is not what its schema asks for", () => {
  it.each<[string, ModelReply, object]>([
    ["no JSON", { calls: [["record_answers", "{reason:"]] }, { rejected: [{ field: "*" }] }],
    ["no object", { calls: [["record_answers", "[1]"]] }, { rejected: [{ field: "*" }] }],
    [
      "a field of another step",
      { calls: [["record_answers", { callback_number: CALLER }]] },
      { rejected: [{ field: "callback_number" }] },
    ],
    ["a list", { calls: [["record_answers", { reason: ["leak"] }]] }, { rejected: [{ field: "reason" }] }],
    ["a tool that does not exist", { calls: [["order_pizza", {}]] }, { outcome: "failure", reason: "unknown-tool" }],
    ["a tool of another step", { calls: [["book_slot", {}]] }, { outcome: "failure", reason: "unknown-tool" }],
    [
      "a number to dial",
      { calls: [["transfer_call", { destination: "+19005550100" }]] },
      { outcome: "failure", reason: "not-allowed" },
    ],
    ["a missing argument", { calls: [["transfer_call", {}]] }, { outcome: "failure", reason: "invalid-arguments" }],
  ])("is repaired once: %s", (_, wrong, told) => {
    const scene = new CallScene({ replies: [wrong, { say: "What happened?" }] });
    const { heard } = scene.hears("Hello");
    expect(heard.spoken).toBe("What happened?");
    expect(toolMessages(scene)).toEqual([expect.objectContaining(shape(told))]);
    expect(scene.models.asked.map(({ tier }) => tier)).toEqual(["light", "full"]);
    expect(scene.eventsOf("output-rejected")).toEqual([{ type: "output-rejected", path: "repaired" }]);
    expect(scene.tools.ran.filter(({ tool }) => tool !== "find_slots")).toEqual([]);
  });

  it("is repaired once when there is none at all", () => {
    const scene = new CallScene({ replies: [{ say: " " }, { say: "What happened?" }] });
    expect(scene.hears("Hello").heard.outcome).toEqual({ next: "listen" });
    expect(scene.models.asked.map(({ tier }) => tier)).toEqual(["light", "full"]);
  });

  it("leads to our own question the second time, and its answer is understood without a model", async () => {
    const wrong: ModelReply = { calls: [["record_answers", "nonsense"]] };
    const scene = new CallScene();
    const first = await scene.turn("Hello", wrong, wrong);
    expect(first.spoken).toBe("Could you tell me the reason, please?");
    expect(scene.eventsOf("output-rejected").map(({ path }) => path)).toEqual(["repaired", "deterministic"]);

    const second = await scene.turn("My tap is dripping.", wrong, wrong);
    expect(scene.fact("reason")).toBe("My tap is dripping.");
    expect(second.spoken).toBe("What is the urgency: urgent or can wait?");

    const third = await scene.turn("It can wait", wrong, wrong);
    expect(scene.fact("urgency")).toBe("can-wait");
    expect(scene.engine.state.objective).toBe("take_message");
    expect(third.spoken).toBe("Could you tell me the caller name, please?");
  });

  it("keeps what was right in it", () => {
    const scene = new CallScene({
      replies: [{ calls: [["record_answers", { reason: "leak", colour: "red" }]] }, { say: "Can it wait?" }],
    });
    scene.hears("A leak").pending.commit();
    expect(scene.fact("reason")).toBe("leak");
    expect(toolMessages(scene)).toEqual([
      { accepted: ["reason"], rejected: [{ field: "colour", problem: expect.any(String) }], step: "understand" },
    ]);
  });

  it("is borne with for as long as the answers to our own questions lead on", async () => {
    const wrong: ModelReply = { calls: [["record_answers", "nonsense"]] };
    const scene = new CallScene();
    for (const text of ["Hello", "A leak.", "It can wait", "Anna Smith", "555 010 0777", "Yes", "No"]) {
      const heard = await scene.turn(text, wrong, wrong);
      if (text !== "No") expect(heard.outcome).toEqual({ next: "listen" });
    }
    expect(scene.engine.state.objective).toBe("save");
    expect(scene.engine.state.facts.map(({ value }) => value)).toEqual([
      "A leak.",
      "can-wait",
      "Anna Smith",
      "+15550100777",
      false,
    ]);
  });

  it("gives up a step that fails three times, with what is known", async () => {
    const wrong: ModelReply = { calls: [["record_answers", "nonsense"]] };
    const scene = new CallScene();
    await scene.turn("Hello", wrong, wrong);
    await scene.turn("No.", wrong, wrong);
    const third = await scene.turn("No.", wrong, wrong);
    expect(third.spoken).toBe("I am connecting you to a person now.");
    expect(third.outcome).toMatchObject({
      next: "hand-off",
      to: "human",
      summary: expect.stringContaining("understand"),
    });
  });

  it("stops after six rounds, whatever the model wants", async () => {
    const scene = new CallScene();
    await scene.turn(
      "A leak.",
      { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
      { say: "Your name?" },
    );
    await scene.turn("Anna.", { calls: [["record_answers", { caller_name: "Anna" }]], say: "This number?" });
    await scene.turn("Yes.", { calls: [["record_answers", { callback_number: CALLER }]] }, { say: "A fixed time?" });
    await scene.turn(
      "Yes.",
      {
        calls: [
          ["record_answers", { wants_callback: true }],
          ["find_slots", {}],
        ],
      },
      { say: "At ten?" },
    );
    const before = scene.models.asked.length;
    const looking = (day: number): ModelReply => ({ calls: [["find_slots", { from: `2026-01-1${day}` }]] });
    const heard = await scene.turn("Another day.", ...[1, 2, 3, 4, 5, 6].map(looking));
    expect(scene.models.asked.length - before).toBe(6);
    expect(heard.spoken).toBe("I can offer tomorrow at ten or Thursday at half past two. Which one suits you?");
  });

  it("refuses times that nobody offered", async () => {
    const scene = new CallScene();
    await scene.turn(
      "A leak.",
      { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
      { say: "Your name?" },
    );
    await scene.turn("Anna.", { calls: [["record_answers", { caller_name: "Anna" }]], say: "This number?" });
    await scene.turn("Yes.", { calls: [["record_answers", { callback_number: CALLER }]] }, { say: "A fixed time?" });
    await scene.turn(
      "Yes.",
      {
        calls: [
          ["record_answers", { wants_callback: true }],
          ["find_slots", {}],
        ],
      },
      { say: "At ten?" },
    );
    await scene.turn(
      "At three in the night.",
      {
        calls: [
          ["record_answers", { callback_start: "2026-01-06T03:00:00.000Z" }],
          ["book_slot", { start: "2026-01-06T03:00:00.000Z", name: "Anna", phone: CALLER }],
        ],
      },
      { say: "That is not free. At ten?" },
    );
    expect(scene.tools.runsOf("book_slot")).toBe(0);
    expect(toolMessages(scene).slice(-2)).toEqual([
      expect.objectContaining({ accepted: [], rejected: [expect.objectContaining({ field: "callback_start" })] }),
      expect.objectContaining({ outcome: "failure", reason: "invalid-arguments" }),
    ]);
  });
});

describe("models that are down", () => {
  it("are stood in for by a question of ours once, then the call is given up", async () => {
    const scene = new CallScene();
    const first = await scene.turn("Hello", "fails");
    expect(first.spoken).toBe("Could you tell me the reason, please?");
    expect(first.outcome).toEqual({ next: "listen" });
    const second = await scene.turn("A leak.", "fails");
    expect(second.outcome).toEqual({ next: "failed" });
  });

  it("count anew once one has answered", async () => {
    const scene = new CallScene();
    await scene.turn("Hello", "fails");
    await scene.turn("A leak.", { say: "Can it wait?" });
    expect((await scene.turn("Yes.", "fails")).outcome).toEqual({ next: "listen" });
  });

  it("have nothing to ask in a step without fields: the call is given up at once", async () => {
    const scene = new CallScene({
      options: { resumed: { objective: "save", facts: [], transcript: [] } },
    });
    expect((await scene.turn("Hello?", "fails")).outcome).toEqual({ next: "failed" });
  });

  it("take no trace with them when the answer is discarded", () => {
    const scene = new CallScene({ replies: ["fails", "fails", "fails"] });
    for (let partial = 0; partial < 3; partial += 1) {
      const { heard, pending } = scene.hears("Hello");
      expect(heard.outcome).toEqual({ next: "listen" });
      pending.discard();
    }
  });

  it("leave no call behind that was never made", async () => {
    const scene = new CallScene({ replies: ["waits"] });
    const { heard, pending } = scene.hears("Hello");
    pending.commit();
    scene.models.last.listener.toolCall({ id: "lost", name: "record_answers", arguments: "{}" });
    scene.models.last.listener.failed({ fault: "unavailable", message: "gone", retryAfterMs: null });
    pending.finish();
    expect(heard.outcome).toEqual({ next: "listen" });
    await scene.turn("A leak.", { say: "Can it wait?" });
    expect(scene.models.last.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
  });

  it("are given up in the middle of a sentence with a question after it", async () => {
    const scene = new CallScene({ replies: ["waits"] });
    const { heard, pending } = scene.hears("Hello");
    pending.commit();
    scene.models.last.listener.text("I see.");
    scene.models.last.listener.failed({ fault: "unavailable", message: "gone", retryAfterMs: null });
    expect(heard.spoken).toBe("I see. Could you tell me the reason, please?");
    expect(scene.engine.state.objective).toBe("understand");
  });
});

/** Loosens the parts of a message that only have to be there. */
function shape(told: object): object {
  return Object.fromEntries(
    Object.entries(told).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item: object) => expect.objectContaining(item) as unknown) : value,
    ]),
  );
}
