import { describe, expect, it } from "vitest";
import { CALLER, CallScene } from "../test/call-scene.ts";

describe("a caller who takes the floor", () => {
  it("cuts the answer to what was heard, for the record and for the model", async () => {
    const scene = new CallScene({ replies: [{ say: "We are closed now and open again tomorrow at nine." }] });
    const { pending } = scene.hears("Are you open?");
    pending.commit();
    pending.interrupt("We are closed now");
    expect(scene.engine.state.transcript.map(({ who, text }) => [who, text])).toEqual([
      ["caller", "Are you open?"],
      ["agent", "We are closed now"],
    ]);
    await scene.turn("When do you open?", { say: "At nine." });
    expect(scene.models.last.messages.slice(1)).toEqual([
      { role: "user", content: "Are you open?" },
      { role: "assistant", content: "We are closed now" },
      { role: "user", content: "When do you open?" },
    ]);
  });

  it("stops the model at once", () => {
    const scene = new CallScene({ replies: ["waits"] });
    const { heard, pending } = scene.hears("Are you open?");
    pending.commit();
    scene.models.last.listener.text("We are");
    pending.interrupt("We");
    expect(scene.models.last.isCancelled).toBe(true);
    scene.models.last.listener.text(" closed");
    expect(heard.spoken).toBe("We are");
    expect(heard.outcome).toBeNull();
  });

  it("ends an answer that nobody ended", async () => {
    const scene = new CallScene({ replies: ["waits", { say: "Yes?" }] });
    const first = scene.hears("Hello");
    first.pending.commit();
    const { heard } = scene.hears("Hello?");
    expect(scene.models.asked[0]?.isCancelled).toBe(true);
    expect([first.heard.outcome, heard.outcome]).toEqual([null, { next: "listen" }]);
    first.pending.finish();
    first.pending.interrupt("");
    expect(scene.engine.state.transcript.map(({ text }) => text)).toEqual(["Hello"]);
  });

  it("keeps what the caller has answered, also when the model was cut off", async () => {
    const scene = new CallScene({ replies: ["waits"] });
    const { pending } = scene.hears("My tap drips, it can wait.");
    pending.commit();
    scene.models.last.listener.text("I am sorry");
    scene.models.last.listener.toolCall({
      id: "one",
      name: "record_answers",
      arguments: JSON.stringify({ reason: "dripping tap", urgency: "can-wait" }),
    });
    pending.interrupt("");
    expect(scene.fact("reason")).toBe("dripping tap");
    await scene.turn("Hello?", { say: "Your name, please?" });
    expect(scene.engine.state.objective).toBe("take_message");
    expect(scene.models.prompt).toContain("# Step `take_message`");
  });

  it("lets a write finish, knows its result, and does not begin the ones after it", async () => {
    const scene = await booking();
    scene.tools.takesMs["book_slot"] = 3000;
    const start = "2026-01-06T10:00:00.000Z";
    scene.models.expect({
      calls: [
        ["record_answers", { callback_start: start }],
        ["book_slot", { start, name: "Anna Smith", phone: CALLER }],
        ["cancel_booking", {}],
      ],
    });
    const { heard, pending } = scene.hears("Yes.");
    pending.commit();
    await scene.pass(1000);
    pending.interrupt("");
    expect(heard.acknowledgements).toEqual(["One moment, I am reserving that."]);

    scene.models.expect({ say: "I am still on it." });
    const second = scene.hears("Wait, are you there?");
    second.pending.commit();
    second.pending.finish();
    const told = scene.models.last.messages
      .filter(({ role }) => role === "tool")
      .map(({ content }) => JSON.parse(content));
    expect(told.slice(-2), "it is not told as done before it is").toEqual([
      expect.objectContaining({ outcome: "pending" }),
      expect.objectContaining({ outcome: "failure", reason: "interrupted" }),
    ]);
    await scene.pass(3000);
    expect(scene.tools.ran.at(-1)?.tool).toBe("book_slot");
    await scene.turn(
      "And now?",
      {
        calls: [
          ["save_contact", { name: "Anna Smith", phone: CALLER }],
          ["save_message", { text: "Leak." }],
        ],
      },
      { say: "It is booked. Anything else?" },
    );
    expect(scene.eventsOf("objective-entered").map(({ objective }) => objective)).toEqual(
      expect.arrayContaining(["book_callback", "save", "goodbye"]),
    );
    expect(scene.tools.runsOf("book_slot")).toBe(1);
    expect(scene.tools.runsOf("cancel_booking")).toBe(0);
  });

  it("counts the result of a write that came while the next answer was being made", async () => {
    const scene = await booking();
    scene.tools.takesMs["book_slot"] = 1000;
    const start = "2026-01-06T10:00:00.000Z";
    scene.models.expect({ calls: [["book_slot", { start, name: "Anna Smith", phone: CALLER }]] });
    const first = scene.hears("Yes.");
    first.pending.commit();
    first.pending.interrupt("");
    scene.models.expect({ say: "I am on it." });
    const second = scene.hears("Are you there?");
    await scene.pass(2000);
    second.pending.commit();
    second.pending.finish();
    await scene.turn("And now?", { say: "It is booked." });
    expect(scene.models.prompt).toContain("# Step `save`");
  });

  it("may interrupt a goodbye and go on", async () => {
    const scene = new CallScene({
      replies: [{ say: "Goodbye.", calls: [["transfer_call", { destination: "human" }]] }],
    });
    const { pending } = scene.hears("Bye");
    pending.commit();
    pending.interrupt("Good");
    const again = await scene.turn("One more thing.", { say: "Of course?" });
    expect(again.outcome).toEqual({ next: "listen" });
  });
});

describe("a write", () => {
  it("runs once for the same arguments, however often the model asks", async () => {
    const scene = await booking();
    scene.tools.comesTo["book_slot"] = [{ outcome: "empty", reply: {} }];
    const start = "2026-01-06T10:00:00.000Z";
    const book = ["book_slot", { start, name: "Anna Smith", phone: CALLER }] as const;
    await scene.turn("Yes.", { calls: [book, book] }, { calls: [book] }, { say: "One moment?" });
    await scene.turn("And?", { calls: [book] }, { say: "Booked?" });
    expect(scene.tools.runsOf("book_slot")).toBe(1);
  });

  it("makes what was read before it old", async () => {
    const scene = await booking();
    scene.tools.comesTo["book_slot"] = [{ outcome: "empty", reply: {} }];
    const runs = scene.tools.runsOf("find_slots");
    await scene.turn(
      "Yes.",
      { calls: [["book_slot", { start: "2026-01-06T10:00:00.000Z", name: "Anna Smith", phone: CALLER }]] },
      { calls: [["find_slots", {}]] },
      { say: "That one is gone. Thursday?" },
    );
    expect(scene.tools.runsOf("find_slots")).toBe(runs + 1);
  });
});

/** In the step that books, with two times offered. */
async function booking(): Promise<CallScene> {
  const scene = new CallScene();
  await scene.turn(
    "A leak.",
    { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
    { say: "Your name?" },
  );
  await scene.turn("Anna Smith.", {
    say: "Your own number?",
    calls: [["record_answers", { caller_name: "Anna Smith" }]],
  });
  await scene.turn("Yes.", { calls: [["record_answers", { callback_number: CALLER }]] }, { say: "A fixed time?" });
  await scene.turn(
    "Yes.",
    {
      calls: [
        ["record_answers", { wants_callback: true }],
        ["find_slots", {}],
      ],
    },
    { say: "Tomorrow at ten?" },
  );
  expect(scene.engine.state.objective).toBe("book_callback");
  return scene;
}
