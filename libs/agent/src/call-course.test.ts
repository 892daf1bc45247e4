import type { ReleaseBundle } from "@tandem/domain/release";
import { describe, expect, it } from "vitest";
import { CALLER, CallScene, Heard } from "../test/call-scene.ts";
import type { ModelReply } from "../test/scripted-models.ts";
import { slots } from "../test/scripted-tools.ts";

describe("slow tools", () => {
  const offering = async (): Promise<CallScene> => {
    const scene = new CallScene();
    scene.tools.takesMs["find_slots"] = 2500;
    await scene.turn(
      "A leak.",
      { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
      { say: "Your name?" },
    );
    await scene.turn("Anna.", { calls: [["record_answers", { caller_name: "Anna" }]], say: "This number?" });
    await scene.turn("Yes.", { calls: [["record_answers", { callback_number: CALLER }]] }, { say: "A fixed time?" });
    return scene;
  };

  it("are acknowledged at once, and waited for without losing the turn", async () => {
    const scene = await offering();
    scene.models.expect({
      calls: [
        ["record_answers", { wants_callback: true }],
        ["find_slots", { from: "2026-01-12" }],
      ],
    });
    const { heard, pending } = scene.hears("Yes, next Monday.");
    pending.commit();
    expect(heard.told).toEqual([{ waiting: "Let me look at the calendar." }]);
    await scene.pass(2000);
    expect(heard.outcome).toBeNull();
    scene.models.expect({ say: "At ten?" });
    await scene.settle(heard);
    expect(heard.spoken).toBe("At ten?");
    expect(scene.eventsOf("tool-finished").at(-1)).toMatchObject({
      durationMs: 2500,
      outcome: "success",
      wasCached: false,
    });
  });

  it("are not waited for when they ran ahead", async () => {
    const scene = await offering();
    await scene.pass(3000);
    scene.models.expect(
      {
        calls: [
          ["record_answers", { wants_callback: true }],
          ["find_slots", {}],
        ],
      },
      { say: "At ten?" },
    );
    const { heard } = scene.hears("Yes.");
    expect(heard.spoken, "in the same instant").toBe("At ten?");
    expect(heard.acknowledgements).toEqual([]);
  });

  it("are asked again once what they said is a minute old", async () => {
    const scene = await offering();
    await scene.pass(70_000);
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
    expect(scene.tools.runsOf("find_slots")).toBe(2);
  });

  it("without an acknowledgement are excused when they take longer than the turn may", async () => {
    const scene = new CallScene({ options: { resumed: { objective: "save", facts: [], transcript: [] } } });
    scene.tools.takesMs["save_contact"] = 1200;
    scene.models.expect(
      { calls: [["save_contact", { name: "Anna", phone: CALLER }]] },
      { calls: [["save_message", { text: "Leak" }]] },
      { say: "Anything else?" },
    );
    const { heard, pending } = scene.hears("Go ahead.");
    pending.commit();
    await scene.pass(400);
    expect(heard.acknowledgements).toEqual([]);
    await scene.settle(heard);
    expect(heard.acknowledgements).toEqual(["One moment, please."]);
  });

  it("that throw are a failure the model hears of", async () => {
    const scene = new CallScene({ options: { resumed: { objective: "save", facts: [], transcript: [] } } });
    scene.tools.run = () => Promise.reject(new Error("lost"));
    await scene.turn("Go ahead.", { calls: [["save_message", { text: "Leak" }]] }, { say: "I noted it?" });
    const told = scene.models.last.messages.at(-1);
    expect(JSON.parse(told?.content ?? "")).toMatchObject({ outcome: "failure" });
  });
});

describe("corrections", () => {
  const untilSaved = async (): Promise<CallScene> => {
    const scene = new CallScene();
    await scene.turn(
      "A leak.",
      { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
      { say: "Your name?" },
    );
    await scene.turn("Anna.", { calls: [["record_answers", { caller_name: "Anna" }]], say: "This number?" });
    await scene.turn("Yes.", { calls: [["record_answers", { callback_number: CALLER }]] }, { say: "A fixed time?" });
    await scene.turn(
      "No.",
      { calls: [["record_answers", { wants_callback: false }]] },
      {
        calls: [
          ["save_contact", { name: "Anna", phone: CALLER }],
          ["save_message", { text: "A leak" }],
        ],
      },
      { say: "Anything else?" },
    );
    expect(scene.engine.state.objective).toBe("goodbye");
    return scene;
  };

  it("re-open the step and redo what was done with the old value, and nothing else", async () => {
    const scene = await untilSaved();
    const other = "+15550100777";
    await scene.turn("Wait, my number is 555 010 0777.", {
      say: "555 010 0777, right?",
      calls: [["record_answers", { callback_number: other }]],
    });
    expect(scene.engine.state.objective).toBe("take_message");
    expect(scene.engine.state.facts.find(({ field }) => field === "callback_number")).toEqual({
      field: "callback_number",
      value: other,
      isConfirmed: false,
    });
    await scene.turn(
      "Yes.",
      { calls: [["record_answers", { callback_number: other }]] },
      { calls: [["save_contact", { name: "Anna", phone: other }]] },
      { say: "I changed that. Anything else?" },
    );
    expect(scene.engine.state.objective).toBe("goodbye");
    expect(scene.tools.runsOf("save_contact")).toBe(2);
    expect(scene.tools.runsOf("save_message"), "the message did not hold the number").toBe(1);
    expect(scene.eventsOf("fact-collected").map(({ field, isCorrection }) => [field, isCorrection])).toEqual([
      ["reason", false],
      ["urgency", false],
      ["caller_name", false],
      ["callback_number", false],
      ["wants_callback", false],
      ["callback_number", true],
    ]);
  });

  it("of a booked time book the other one, then give the first one back", async () => {
    const scene = await untilSaved();
    const [first, second] = slots.map(({ start }) => start);
    const book = (start: string | undefined): ModelReply => ({
      calls: [
        ["record_answers", { callback_start: start }],
        ["book_slot", { start, name: "Anna", phone: CALLER }],
      ],
    });
    await scene.turn(
      "Actually, I want a fixed time.",
      { calls: [["record_answers", { wants_callback: true }]] },
      {
        calls: [["find_slots", {}]],
      },
      { say: "Tomorrow at ten?" },
    );
    await scene.turn(
      "Yes.",
      book(first),
      { calls: [["save_message", { text: "At ten." }]] },
      { say: "Booked. Anything else?" },
    );
    expect(scene.engine.state.objective).toBe("save");
    await scene.turn("No, Thursday.", {
      say: "Thursday at half past two?",
      calls: [["record_answers", { callback_start: second }]],
    });
    expect(scene.engine.state.objective).toBe("book_callback");
    await scene.turn("Yes.", book(second), { say: "Changed. Anything else?" });
    await scene.pass(100);
    expect(
      scene.tools.ran
        .filter(({ tool }) => /book/.test(tool))
        .map(({ tool, args }) => [tool, args["start"] ?? args["event_id"]]),
    ).toEqual([
      ["book_slot", first],
      ["book_slot", second],
      ["cancel_booking", `booked ${first}`],
    ]);
  });

  it("change the way when the answer decided it", async () => {
    const scene = await untilSaved();
    await scene.turn(
      "Actually, yes, I want a fixed time.",
      { calls: [["record_answers", { wants_callback: true }]] },
      { calls: [["find_slots", {}]] },
      {
        say: "Tomorrow at ten?",
      },
    );
    expect(scene.engine.state.objective).toBe("book_callback");
  });
});

describe("silence", () => {
  it("is asked about once, then ends the call", () => {
    const scene = new CallScene();
    const first = new Heard();
    scene.engine.remind(first).commit();
    expect([first.spoken, first.outcome]).toEqual(["Are you still there?", { next: "listen" }]);
    const second = new Heard();
    const pending = scene.engine.remind(second);
    expect(second.outcome).toBeNull();
    pending.commit();
    expect(second.spoken).toMatch(/Goodbye\.$/);
    expect(second.outcome).toEqual({ next: "hang-up" });
  });

  it("ends a call that we placed without thanking for calling, and the model knows who called whom", async () => {
    const call = { from: CALLER, epochMs: 0, direction: "outbound" } as const;
    const placed = new CallScene({ options: { call } });
    await placed.turn("Who is this?", { say: "An assistant." });
    expect(placed.models.prompt).toContain("- `direction` = outbound");
    placed.engine.remind(new Heard()).commit();
    const last = new Heard();
    placed.engine.remind(last).commit();
    expect(last.spoken).toBe(
      "I cannot hear you, so I will end the call now. You are welcome to call us any time. Goodbye.",
    );
    const answered = new CallScene();
    await answered.turn("Who is this?", { say: "An assistant." });
    expect(answered.models.prompt).not.toContain("`direction`");
  });

  it("is asked about anew after the caller has spoken", async () => {
    const scene = new CallScene();
    scene.engine.remind(new Heard()).commit();
    await scene.turn("Yes, sorry.", { say: "What happened?" });
    const again = new Heard();
    scene.engine.remind(again).commit();
    expect(again.outcome).toEqual({ next: "listen" });
  });
});

describe("the beginning of a call", () => {
  it("names the reason of a call that we place", () => {
    const scene = new CallScene();
    const call = { from: CALLER, epochMs: scene.clock.now(), direction: "outbound" } as const;
    const remembered = [{ field: "reason", value: "a new boiler", isConfirmed: false }];
    const placed = new CallScene({ options: { call, remembered } });
    expect(placed.engine.opening.map(({ text, isUninterruptible }) => [text, isUninterruptible])).toEqual([
      ["You speak with an assistant.", true],
      ["I am calling about the enquiry you sent us: a new boiler. Is this a good moment?", false],
    ]);
  });

  it("has words of its own on a call that we place: it thanks nobody for calling", () => {
    const call = { from: CALLER, epochMs: 0, direction: "outbound" } as const;
    const outbound = {
      disclosure: { text: "This is an assistant. You asked for a call." },
      opening: "Is it a good time?",
    };
    const patch = { outbound: outbound as ReleaseBundle["outbound"] & object };
    const textsOf = ({ engine }: CallScene) => engine.opening.map(({ text }) => text);
    expect(textsOf(new CallScene({ patch, options: { call } }))).toEqual([
      "This is an assistant. You asked for a call.",
      "Is it a good time?",
    ]);
    expect(textsOf(new CallScene({ patch }))).toEqual(textsOf(new CallScene()));
  });

  it("knows what earlier calls left, and does not believe it", async () => {
    const scene = new CallScene({ options: { remembered: [{ field: "reason", value: "a leak", isConfirmed: true }] } });
    await scene.turn("It is me again.", { say: "Still about the leak?" });
    expect(scene.models.prompt).toContain('# Known\n- `reason` = "a leak" (not confirmed)');
    expect(scene.models.prompt).not.toContain("- `reason` (text");
    await scene.turn(
      "Yes, it can wait.",
      { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
      { say: "Your name?" },
    );
    expect(scene.engine.state.objective).toBe("take_message");
  });

  it("goes on where an earlier engine of the same call left off", async () => {
    const first = new CallScene();
    await first.turn(
      "A leak.",
      { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
      { say: "Your name?" },
    );
    const second = new CallScene({ options: { resumed: first.engine.state } });
    expect(second.engine.opening).toEqual([
      { text: "I am sorry, the line was interrupted for a moment. Your name?", isUninterruptible: false },
    ]);
    await second.turn("Anna.", { say: "Thank you. This number?" });
    expect(second.models.prompt).toContain("# Step `take_message`");
    expect(second.models.last.messages.slice(1)).toEqual([
      { role: "user", content: "A leak." },
      { role: "assistant", content: "Your name?" },
      { role: "user", content: "Anna." },
    ]);
  });

  it("shows the model the step, the rules and the call, and nothing of other steps", () => {
    const scene = new CallScene({ replies: [{ say: "Hm?" }] });
    scene.hears("Hello");
    expect(scene.models.prompt).toMatch(
      /^You answer for Harbor\. It is 9:00 AM\.\n\n# Rules that outrank everything else\n- /,
    );
    expect(scene.models.prompt).toContain(
      "# Step `understand`\nLet the caller tell you why they call.\n\n# To find out\n- `reason` (text, needed): About reason. Repeat it in passing.\n- `urgency` (choice, needed): About urgency. One of: urgent, can-wait.\n\n# Call\n- `from` = +15550100199\n",
    );
    expect(scene.models.prompt).not.toContain("caller_name");
    expect(scene.models.last.tools.map(({ name }) => name)).toEqual(["record_answers", "transfer_call"]);
    expect(scene.models.last.tools[0]?.parameters).toMatchObject({
      type: "object",
      properties: { reason: { type: "string" }, urgency: { type: "string", enum: ["urgent", "can-wait"] } },
      additionalProperties: false,
    });
  });

  it("asks the larger model where words were not heard well", () => {
    const scene = new CallScene({ replies: [{ say: "Hm?" }] });
    scene.hears("Hello", { confidence: 0.5 });
    expect(scene.models.last.tier).toBe("full");
  });
});

describe("the end of a call", () => {
  it("begins nothing new", async () => {
    const scene = new CallScene({ replies: ["waits"] });
    const { pending } = scene.hears("Hello");
    pending.commit();
    scene.engine.close();
    expect(scene.models.last.isCancelled).toBe(true);
    const { heard } = scene.hears("Hello?");
    expect(heard.told).toEqual([]);
    expect(scene.models.asked.length).toBe(1);
  });

  it("lets what is being written finish", async () => {
    const scene = new CallScene({ options: { resumed: { objective: "save", facts: [], transcript: [] } } });
    scene.tools.takesMs["save_contact"] = 1000;
    scene.models.expect({
      calls: [
        ["save_contact", { name: "Anna", phone: CALLER }],
        ["save_message", { text: "Leak" }],
      ],
    });
    scene.hears("Go ahead.").pending.commit();
    scene.engine.close();
    await scene.pass(5000);
    expect(scene.eventsOf("tool-finished").map(({ tool }) => tool)).toEqual(["save_contact"]);
    expect(scene.tools.runsOf("save_message")).toBe(0);
    expect(scene.engine.summary()).toContain("The contact was saved");
  });
});
