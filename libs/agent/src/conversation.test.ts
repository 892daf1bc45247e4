import { describe, expect, it } from "vitest";
import { CallScene, CALLER } from "../test/call-scene.ts";

describe("a whole call", () => {
  it("goes through every step, books once and ends", async () => {
    const scene = new CallScene();
    expect(scene.engine.opening.map(({ text }) => text)).toEqual([
      "You speak with an assistant.",
      "How can I help you?",
    ]);
    scene.engine.opened("You speak with an assistant. How can I help you?");

    const first = await scene.turn(
      "My tap drips, it can wait.",
      {
        say: "A dripping tap, I see. ",
        calls: [["record_answers", { reason: "dripping tap", urgency: "can-wait" }]],
      },
      { say: "What is your name?" },
    );
    expect(first.spoken).toBe("A dripping tap, I see. What is your name?");
    expect(scene.engine.state.objective).toBe("take_message");

    await scene.turn("Anna Smith.", {
      say: "Thank you. Shall we call the number you are calling from?",
      calls: [["record_answers", { caller_name: "Anna Smith" }]],
    });
    const third = await scene.turn(
      "Yes please.",
      {
        say: "Good.",
        calls: [["record_answers", { callback_number: CALLER }]],
      },
      { say: "Would you like a fixed time?" },
    );
    expect(third.spoken).toBe("Good. Would you like a fixed time?");
    expect(scene.engine.state.objective).toBe("offer_callback");
    expect(scene.tools.runsOf("find_slots"), "free times were looked up while the number was asked for").toBe(1);

    const fourth = await scene.turn(
      "Yes.",
      {
        calls: [
          ["record_answers", { wants_callback: true }],
          ["find_slots", {}],
        ],
      },
      {
        say: "I have tomorrow at ten. Does that suit you?",
      },
    );
    expect(fourth.spoken).toBe("I have tomorrow at ten. Does that suit you?");
    expect(scene.tools.runsOf("find_slots")).toBe(1);
    expect(scene.models.last.tier).toBe("full");

    const start = "2026-01-06T10:00:00.000Z";
    const fifth = await scene.turn(
      "Yes, that suits me.",
      {
        calls: [
          ["record_answers", { callback_start: start }],
          ["book_slot", { start, name: "Anna Smith", phone: CALLER }],
        ],
      },
      {
        calls: [
          ["save_contact", { name: "Anna Smith", phone: CALLER }],
          ["save_message", { text: "Tap drips." }],
        ],
      },
      { say: "You are booked for tomorrow at ten. Is there anything else?" },
    );
    expect(fifth.spoken).toBe("You are booked for tomorrow at ten. Is there anything else?");
    expect(scene.engine.state.objective).toBe("goodbye");

    const last = await scene.turn("No, thanks.", { say: "Goodbye, Anna.", calls: [["end_call", {}]] });
    expect(last.outcome).toEqual({ next: "hang-up" });
    expect(scene.tools.ran.map(({ tool }) => tool)).toEqual([
      "find_slots",
      "book_slot",
      "save_contact",
      "save_message",
    ]);
    expect(scene.eventsOf("objective-entered").map(({ objective }) => objective)).toEqual([
      "understand",
      "take_message",
      "offer_callback",
      "book_callback",
      "save",
      "goodbye",
    ]);
    expect(scene.engine.summary()).toContain("An appointment was booked");
  });
});
