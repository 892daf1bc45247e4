import { describe, expect, it } from "vitest";
import { CALLER, CallScene } from "../test/call-scene.ts";
import { afterHours } from "../test/after-hours.ts";

describe("an emergency", () => {
  it.each(afterHours.conversation.objectives.map(({ name }) => name))(
    "comes before any model, in the step %s",
    (objective) => {
      const scene = new CallScene({ options: { resumed: { objective, facts: [], transcript: [] } } });
      const { heard, pending } = scene.hears("Help — I smell GAS!!", { confidence: 0.1 });
      expect(heard.told).toEqual([{ line: afterHours.emergency.message, isUninterruptible: true }]);
      expect(heard.outcome, "not before the turn has ended").toBeNull();
      pending.commit();
      expect(heard.outcome).toMatchObject({ next: "hand-off", to: "emergency" });
      expect(scene.models.asked).toEqual([]);
    },
  );

  it("comes first after everything that may have gone wrong", async () => {
    const scene = new CallScene();
    await scene.turn("Hello", "fails");
    scene.hears("", {}).pending.commit();
    const heard = await scene.turn("there is, a fire");
    expect(heard.outcome).toMatchObject({ to: "emergency" });
  });

  it("may be seen by the model where no phrase matches", async () => {
    const scene = new CallScene();
    const heard = await scene.turn("My house is burning down", {
      calls: [["transfer_call", { destination: "emergency" }]],
    });
    expect(heard.told).toEqual([{ line: afterHours.emergency.message, isUninterruptible: true }]);
    expect(heard.outcome).toMatchObject({ next: "hand-off", to: "emergency" });
  });
});

describe("a person", () => {
  it.each(["Can I speak to a real person?", "human", "Put me through to a representative please", "operator"])(
    "is given to who asks: %s",
    async (text) => {
      const scene = new CallScene();
      const heard = await scene.turn(text);
      expect(heard.told).toEqual([{ line: afterHours.humanPath.message, isUninterruptible: true }]);
      expect(heard.outcome).toMatchObject({ next: "hand-off", to: "human" });
      expect(scene.models.asked).toEqual([]);
    },
  );

  it("takes over after two turns in a row that nobody understands", async () => {
    const scene = new CallScene();
    const unclear = async (): Promise<unknown> => {
      const { heard, pending } = scene.hears("m·· t·p", { confidence: 0.2 });
      pending.commit();
      pending.finish();
      return heard.outcome?.next;
    };
    expect(await unclear()).toBe("listen");
    await scene.turn("My tap drips.", { say: "Can it wait?" });
    expect(await unclear()).toBe("listen");
    expect(await unclear()).toBe("hand-off");
    expect(scene.models.asked.length).toBe(1);
  });

  it("takes over when the caller is upset for the second time", async () => {
    const scene = new CallScene();
    await scene.turn("You are not listening!", { say: "I am sorry. What happened?" });
    const heard = await scene.turn("This is ridiculous.");
    expect(heard.outcome).toMatchObject({ next: "hand-off", to: "human" });
  });

  it("takes over where the playbook says so", async () => {
    const scene = new CallScene();
    const heard = await scene.turn("Water everywhere!", {
      calls: [["record_answers", { reason: "flood", urgency: "urgent" }]],
    });
    expect(heard.spoken).toBe(afterHours.humanPath.message);
    expect(heard.outcome).toMatchObject({
      next: "hand-off",
      to: "human",
      summary: expect.stringContaining("reason flood"),
    });
  });

  it("is told in two sentences what happened", async () => {
    const scene = new CallScene();
    await scene.turn(
      "A leak.",
      { calls: [["record_answers", { reason: "a leak", urgency: "can-wait" }]] },
      { say: "Your name?" },
    );
    await scene.turn("Anna.", {
      calls: [["record_answers", { caller_name: "Anna Smith", callback_number: CALLER }]],
      say: "This number?",
    });
    const heard = await scene.turn("Can I talk to somebody else?");
    expect(heard.outcome).toEqual({
      next: "hand-off",
      to: "human",
      summary:
        "The caller asks for a person; known: reason a leak, urgency can-wait, caller name Anna Smith, callback number +15550100199 (not confirmed). Nothing was booked or saved yet.",
    });
  });
});

describe("consent that is asked for", () => {
  const consent = { recording: "ask", text: "May this call be recorded?" } as const;
  const scene = (): CallScene => {
    const { policies } = new CallScene().bundle;
    return new CallScene({ patch: { policies: { ...policies, consent } } });
  };

  it("is asked before anything else, and a no leads to a person", async () => {
    const call = scene();
    expect(call.engine.opening).toEqual([
      { text: "You speak with an assistant.", isUninterruptible: true },
      { text: consent.text, isUninterruptible: true },
    ]);
    const heard = await call.turn("No, thanks.");
    expect(heard.outcome).toMatchObject({ next: "hand-off", to: "human" });
    expect(call.eventsOf("consent-answered")).toEqual([{ type: "consent-answered", isGiven: false }]);
  });

  it("is followed by the greeting without a model", async () => {
    const call = scene();
    const heard = await call.turn("Yes, sure.");
    expect(heard.spoken).toBe("How can I help you?");
    expect(call.eventsOf("consent-answered")).toEqual([{ type: "consent-answered", isGiven: true }]);
  });

  it("is not given by who tells the matter at once, who is helped all the same", async () => {
    const call = scene();
    await call.turn("No heating in the whole house since yesterday", { say: "Since when exactly?" });
    expect(call.eventsOf("consent-answered")).toEqual([]);
    await call.turn("Yes, and I agree to that.", { say: "Thank you. Can it wait?" });
    expect(call.eventsOf("consent-answered")).toEqual([{ type: "consent-answered", isGiven: true }]);
  });

  it("leaves no answer behind when the turn was not over", () => {
    const call = scene();
    call.hears("No").pending.discard();
    expect(call.eventsOf("consent-answered")).toEqual([]);
  });
});
