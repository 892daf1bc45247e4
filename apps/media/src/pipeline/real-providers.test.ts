import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RealScene } from "../../test-support/real-scene.ts";

let scene: RealScene;
beforeEach(async () => {
  scene = await RealScene.open();
});
afterEach(() => scene.close());

const opening = (bundle: RealScene["bundle"]): string =>
  [
    bundle.policies.disclosure.text,
    bundle.policies.consent.recording === "none" ? "" : bundle.policies.consent.text,
    "Hello there.",
  ]
    .filter((text) => text !== "")
    .join(" ");

describe("over the vendors' own protocols, in real time", () => {
  test("a turn is heard by Deepgram, answered by a chat model, spoken by Cartesia, and adds up", async () => {
    await scene.models({ match: "appointment", say: "Which day suits you best?", toolCalls: [], times: null });
    const { phone } = await scene.greeted();
    expect(phone.text).toBe(opening(scene.bundle));
    phone.say("I need an appointment.");
    await scene.answered(1);
    expect(phone.text).toBe(`${opening(scene.bundle)} Which day suits you best?`);
    const [, turn] = scene.turns;
    expect(turn).toMatchObject({
      callerText: "I need an appointment.",
      agentText: "Which day suits you best?",
      providers: { stt: "deepgram", llm: "openai", tts: "cartesia" },
      retries: 0,
    });
    expect(turn!.tokens.output).toBeGreaterThan(0);
    expect(turn!.latency!.totalMs).toBeLessThan(3000);
    expect(scene.failures).toEqual([]);
  });

  test("a caller who talks over it is heard; model and voice are told to stop, and no stale audio follows", async () => {
    await scene.models({
      match: "count",
      say: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen",
      toolCalls: [],
      times: null,
    });
    await scene.models({ match: "stop", say: "As you wish.", toolCalls: [], times: null });
    const { phone } = await scene.greeted();
    phone.say("Please count for me.");
    await scene.until("it counts", () => phone.text.includes("four"));
    phone.say("Please stop that now.");
    await scene.until("it is cut off", () => phone.cleared.length > 0);
    const sentBytes = phone.sentBytes;
    expect(scene.turns[1]).toMatchObject({ wasInterrupted: true });
    expect(scene.turns[1]!.agentText).toMatch(/^one two three/);
    expect(scene.turns[1]!.agentText).not.toContain("eighteen");
    await scene.until("the next turn is answered", () => phone.text.includes("As you wish."));
    expect(sentBytes).toBeGreaterThan(0);
    expect(phone.text).not.toContain("eighteen");
    expect((await scene.effects("cancelled")).length).toBeGreaterThanOrEqual(1);
  });

  test("the recogniser stalls, the model and the voice refuse: the next ones serve the same turn", async () => {
    await scene.models({ match: "tomorrow", say: "Tomorrow it is.", toolCalls: [], times: null });
    const { control } = scene.sandbox;
    await control.setSettings("openai", { down: ["openai"] });
    await control.setFault({
      vendor: "cartesia",
      method: "WS",
      fault: { do: "fail-before", status: 503 },
      times: null,
    });
    await control.setFault({ vendor: "deepgram", method: "WS", path: "listen", fault: { do: "stall" } });
    const { phone } = await scene.greeted();
    expect(phone.text).toBe(opening(scene.bundle));
    phone.say("I need an appointment for tomorrow.");
    await scene.answered(1);
    expect(phone.text).toBe(`${opening(scene.bundle)} Tomorrow it is.`);
    expect(scene.turns[1]).toMatchObject({
      callerText: "I need an appointment for tomorrow.",
      providers: { stt: "deepgram", llm: "groq", tts: "elevenlabs" },
      models: {
        stt: scene.bundle.providers.stt[1]!.model,
        llm: scene.bundle.providers.llm[1]!.model,
        tts: scene.bundle.providers.tts[1]!.model,
      },
    });
    expect(scene.turns[1]!.retries).toBeGreaterThanOrEqual(2);
    expect(scene.failures.map((failure) => failure.split(" ").slice(0, 2).join(" ")).toSorted()).toEqual(
      expect.arrayContaining(["llm openai", "stt deepgram", "tts cartesia"]),
    );
  });

  test("a turn-aware recogniser and a voice without word times: heard, answered, and cut off at the right word", async () => {
    const [nova, flux, other] = scene.bundle.providers.stt;
    const [cartesia, elevenlabs, aura] = scene.bundle.providers.tts;
    Object.assign(scene.bundle, {
      providers: { ...scene.bundle.providers, stt: [flux, nova, other], tts: [aura, elevenlabs, cartesia] },
    });
    await scene.models({
      match: "count",
      say: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen",
      toolCalls: [],
      times: null,
    });
    await scene.models({ match: "stop", say: "As you wish.", toolCalls: [], times: null });
    const { phone } = await scene.greeted();
    const before = phone.heard.length;
    phone.say("Please count for me.");
    await scene.until("it counts", () => phone.text.includes("six"));
    phone.say("Please stop that now.");
    await scene.until("it is cut off", () => phone.cleared.length > 0);
    const cut = scene.turns.find(({ wasInterrupted }) => wasInterrupted)!;
    expect(cut).toMatchObject({ callerText: "Please count for me.", providers: { stt: "deepgram", tts: "deepgram" } });
    const heard = phone.heard.slice(before).map(({ text }) => text);
    const kept = cut.agentText.split(" ");
    expect(kept.length).toBeGreaterThanOrEqual(3);
    expect(heard.slice(0, kept.length)).toEqual(kept);
    await scene.until("the next turn is answered", () => phone.text.includes("As you wish."));
    expect(scene.failures).toEqual([]);
  });
});
