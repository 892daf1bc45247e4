import { afterEach, describe, expect, test } from "vitest";
import { type SceneOptions, VoiceScene } from "../../test-support/voice-scene.ts";

let scene: VoiceScene | null = null;

function open(options: SceneOptions = {}): VoiceScene {
  scene = new VoiceScene(options);
  return scene;
}

afterEach(() => {
  scene?.node.close();
  scene = null;
});

describe("a call", () => {
  test("is greeted, heard, answered, and recorded", async () => {
    const call = await open().greeted();
    expect(call.phone.text).toBe("Hello there.");
    expect(call.turns[0]).toMatchObject({ turn: 0, agentText: "Hello there.", wasInterrupted: false });
    await call.says("I need an appointment.");
    await call.answered(1);
    expect(call.phone.text).toBe("Hello there. You said I need an appointment.");
    expect(call.engine.account).toEqual([
      "opened: Hello there.",
      "respond: I need an appointment.",
      "commit",
      "finish",
    ]);
    const [, turn] = call.turns;
    expect(turn).toMatchObject({
      callerText: "I need an appointment.",
      agentText: "You said I need an appointment.",
      wasSpeculative: true,
      retries: 0,
      providers: { stt: "p1", llm: "p1", tts: "p1" },
    });
    const { totalMs, ...parts } = turn!.latency!;
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(totalMs, 6);
    expect(totalMs).toBeLessThan(330);
    expect(call.phone.largestLeadMs).toBeLessThanOrEqual(420);
  });

  test("names of each turn who served it, and nobody where no model was asked", async () => {
    const lines = [{ text: "All right then.", isUninterruptible: false }];
    const call = await open({
      replies: ({ text }) => (text.startsWith("I") ? {} : { asksModel: false, lines }),
    }).greeted();
    await call.says("I need an appointment.");
    await call.answered(1);
    await call.says("Yes.");
    await call.answered(2);
    const models = { stt: "m", llm: "m", tts: "m" };
    expect(call.turns.slice(1).map(({ providers, models: served }) => [providers.llm, served])).toEqual([
      ["p1", models],
      [null, { ...models, llm: null }],
    ]);
    expect(call.turns[2]!.providers.tts).toBe("p1");
  });

  test("ends when the line does: everything at the providers is closed and no timer is left", async () => {
    const call = await open({ says: () => "one two three four five six seven eight nine ten ".repeat(4) }).greeted();
    await call.says("I need an appointment.");
    await call.hears("four");
    call.phone.hangUp();
    await call.time.pass(8000);
    expect(call.engine.account.slice(-2)).toEqual([expect.stringMatching(/^interrupt: one/), "close"]);
    expect(call.time.pending).toBe(0);
    expect(call.mood("tts1").cancelled).toBe(1);
  });

  test("without speculation the answer is begun when the turn has ended", async () => {
    const call = open();
    Object.assign(call.bundle.agent, { isSpeculative: false });
    await call.greeted();
    await call.says("I need an appointment.");
    await call.answered(1);
    expect(call.turns[1]).toMatchObject({ wasSpeculative: false });
    expect(call.counters.speculationsKept).toBe(0);
  });
});

describe("speculation", () => {
  test("an answer begun on a sentence is thrown away without a trace when the caller goes on", async () => {
    const call = await open().greeted();
    const sentBefore = call.phone.sentBytes;
    await call.says("I need an appointment. and I want it on Tuesday.");
    expect(call.phone.sentBytes).toBe(sentBefore);
    await call.answered(1);
    expect(call.phone.text).toBe("Hello there. You said I need an appointment. and I want it on Tuesday.");
    const { account } = call.engine;
    expect(account.filter((entry) => entry === "discard").length).toBeGreaterThanOrEqual(1);
    expect(account.filter((entry) => entry === "commit")).toEqual(["commit"]);
    expect(call.turns[1]).toMatchObject({ wasSpeculative: true, wasInterrupted: false });
    expect(call.turns[1]!.discarded).toBe(call.counters.speculationsDiscarded);
    expect(call.mood("llm1").cancelled + call.mood("tts1").cancelled).toBeGreaterThanOrEqual(1);
  });
});

describe("talking over the agent", () => {
  const long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen";

  test("cuts it off at once, keeps what was heard, cancels at the providers, and nothing stale is sent", async () => {
    const call = await open({ says: () => long }).greeted();
    await call.says("Please count for me.");
    await call.hears("four");
    call.phone.say("Stop that now.");
    await call.time.until("the agent is cut off", () => call.phone.cleared.length === 1);
    const cutAtMs = call.time.monotonicMs();
    const heardThen = call.phone.heard.length;
    const sentThen = call.phone.sentBytes;
    expect(call.phone.cleared[0]).toBeLessThanOrEqual(420);
    await call.time.pass(100);
    expect(call.phone.soundSince(cutAtMs)).toBeLessThanOrEqual(20);
    expect(call.phone.sentBytes).toBe(sentThen);
    expect(call.mood("tts1").cancelled).toBeGreaterThanOrEqual(1);
    const cut = call.turns.find((turn) => turn.wasInterrupted)!;
    const heardWords = call.phone.heard.slice(2, heardThen).map(({ text }) => text);
    const kept = cut.agentText.split(" ");
    expect(cut.agentText.length).toBeGreaterThan(0);
    expect(heardWords.slice(0, kept.length)).toEqual(kept);
    expect(heardWords.length - kept.length).toBeLessThanOrEqual(2);
    expect(call.engine.account).toContain(`interrupt: ${cut.agentText}`);
    await call.time.until(
      "the next turn is answered",
      () => call.engine.account.filter((e) => e === "commit").length === 2,
    );
    expect(call.engine.account.findLast((entry) => entry.startsWith("respond"))).toBe("respond: Stop that now.");
  });

  test("marks that come back because of a clear do not count as heard", async () => {
    const call = await open({ says: () => long }).greeted();
    await call.says("Please count for me.");
    await call.hears("one");
    const marksBefore = call.phone.returned.length;
    call.phone.say("Stop.");
    await call.time.until("the agent is cut off", () => call.phone.cleared.length === 1);
    await call.time.pass(50);
    expect(call.phone.returned.length).toBeGreaterThan(marksBefore);
    const cut = call.turns.find((turn) => turn.wasInterrupted)!;
    const words = call.phone.heard.map(({ text }) => text).join(" ");
    expect(words).toContain(cut.agentText);
  });

  test("a sign of listening does not, and is kept", async () => {
    const call = await open({ says: () => long }).greeted();
    await call.says("Please count for me.");
    await call.hears("three");
    await call.says("mhm okay");
    await call.answered(1);
    expect(call.phone.cleared).toEqual([]);
    expect(call.turns[1]).toMatchObject({ agentText: long, wasInterrupted: false });
    await call.says("Thank you.");
    await call.answered(2);
    expect(call.turns[2]!.callerText).toBe("mhm okay Thank you.");
  });

  test("an uninterruptible line is heard to its end; then the caller has the floor", async () => {
    const call = await open({
      opening: [
        { text: "This call is recorded and I am a machine.", isUninterruptible: true },
        { text: "How can I help you today with anything at all?", isUninterruptible: false },
      ],
    }).start();
    await call.hears("This call");
    call.phone.say("I have a question.");
    await call.time.until("the agent is cut off", () => call.phone.cleared.length === 1);
    expect(call.phone.text).toContain("This call is recorded and I am a machine.");
    await call.answered(1);
    expect(call.turns[0]!.agentText).toMatch(/^This call is recorded and I am a machine\./);
    expect(call.turns[1]).toMatchObject({ callerText: "I have a question." });
    expect(call.phone.text).not.toContain("anything");
  });
});

describe("callers who do not speak", () => {
  test("are reminded, and let go", async () => {
    const call = await open().greeted();
    await call.time.until("the call ends", () => call.ended.length > 0, 120_000);
    expect(call.phone.text).toBe("Hello there. Are you there? Goodbye.");
    expect(call.ended).toEqual(["hang-up"]);
  });

  test("press digits: they are a turn after # or a pause", async () => {
    const call = await open().greeted();
    call.phone.press("1234#");
    await call.answered(1);
    expect(call.engine.account).toContain("keypad: 1234");
    call.phone.press("56");
    await call.answered(2);
    expect(call.turns[2]).toMatchObject({ callerText: "56", confidence: 1 });
  });
});

describe("the end of a conversation", () => {
  test("a hand-off waits until its words were heard", async () => {
    const call = await open({
      replies: () => ({
        asksModel: false,
        lines: [{ text: "I will connect you.", isUninterruptible: true }],
        outcome: { next: "hand-off", to: "emergency", summary: "on fire" },
      }),
    }).greeted();
    await call.says("My house is on fire!");
    await call.time.until("the call is handed over", () => call.ended.length > 0);
    expect(call.phone.text).toBe("Hello there. I will connect you.");
    expect(call.ended).toEqual(["hand-off emergency: on fire"]);
  });

  test("a carrier that returns no marks does not hold the call", async () => {
    const call = open();
    call.phone.losesMarks = true;
    await call.greeted();
    await call.says("I need an appointment.");
    await call.answered(1);
    expect(call.turns[1]!.agentText).toBe("You said I need an appointment.");
  });

  test("the longest call ends with a sentence", async () => {
    const call = open();
    Object.assign(call.bundle.conversation.limits, { maxCallMinutes: 1, inactivitySeconds: 45 });
    await (await call.prepared()).greeted();
    await call.time.until("the call ends", () => call.ended.length > 0, 90_000);
    expect(call.phone.text).toContain("I have to end this call now. Goodbye.");
    expect(call.ended).toEqual(["hang-up"]);
  });
});
