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

describe("providers that fail", () => {
  test.each(["stt", "llm", "tts"] as const)(
    "%s that cannot be reached: the next one serves the same turn",
    async (kind) => {
      const call = open();
      call.mood(`${kind}1`).isDown = true;
      await call.greeted();
      await call.says("I need an appointment.");
      await call.answered(1);
      expect(call.phone.text).toBe("Hello there. You said I need an appointment.");
      expect(call.turns[1]!.providers).toMatchObject({ [kind]: "p2" });
      expect(call.failures).toContain(`${kind}1`);
    },
  );

  test.each(["stt", "llm", "tts"] as const)(
    "%s that is connected but silent: the next one serves the same turn",
    async (kind) => {
      const call = await open().greeted();
      call.mood(`${kind}1`).isSilent = true;
      await call.says("I need an appointment for tomorrow.");
      await call.answered(1);
      expect(call.phone.text).toMatch(
        /^Hello there\. (One moment, please\. )?You said I need an appointment for tomorrow\.$/,
      );
      expect(call.turns[1]!.providers).toMatchObject({ [kind]: "p2" });
      expect(call.failures).toEqual([`${kind}1`]);
      expect(call.turns[1]!.retries).toBeGreaterThanOrEqual(1);
    },
  );

  test.each([2, 6])(
    "a recogniser that breaks off after %i results: the utterance is replayed to the next one, no word is lost or doubled",
    async (failsAfter) => {
      const call = await open().greeted();
      call.mood("stt1").failsAfter = failsAfter;
      await call.says("I need an appointment for tomorrow.");
      await call.answered(1);
      expect(call.turns[1]!.callerText).toBe("I need an appointment for tomorrow.");
      expect(call.turns[1]!.providers.stt).toBe("p2");
    },
  );

  test("a recogniser that falls silent in the middle: the turn waits for the next one, which hears all of it", async () => {
    const call = await open().greeted();
    call.mood("stt1").stallsAfter = 2;
    await call.says("I need an appointment for tomorrow.");
    await call.answered(1);
    expect(call.turns[1]).toMatchObject({
      callerText: "I need an appointment for tomorrow.",
      providers: { stt: "p2" },
    });
    expect(call.failures).toEqual(["stt1"]);
  });

  test("a model that breaks off: what was said stays, the next one goes on from there", async () => {
    const call = await open({
      says: (words) => (words.includes("cut off") ? "four five." : "One two three four five."),
    }).greeted();
    call.mood("llm1").failsAfter = 3;
    await call.says("Please count.");
    await call.answered(1);
    expect(call.phone.text).toBe("Hello there. One two three four five.");
    expect(call.asked.at(-1)).toContain("llm2: Please count. | One two three  | Your last message was cut off.");
  });

  test.each([true, false])(
    "a voice that breaks off: the next one goes on with the first word not said (word times told: %s)",
    async (tellsWords) => {
      const call = await open({
        says: () => "one two three four five six seven eight.",
        ttsTellsWords: tellsWords,
      }).greeted();
      call.mood("tts1").failsAfter = 12;
      await call.says("Please count.");
      await call.answered(1);
      const heard = call.phone.heard.slice(2).map(({ text }) => text);
      const whole = heard.filter((text) => !text.includes("\u00b7"));
      for (const word of "one two three four five six seven eight.".split(" ")) expect(whole).toContain(word);
      if (tellsWords) expect(heard).toEqual("one two three four five six seven eight.".split(" "));
      expect(call.turns[1]!.providers.tts).toBe("p2");
    },
  );

  test("a caller who talks over the second voice of a sentence is known to have heard both", async () => {
    const words =
      "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split(" ");
    const call = await open({ says: () => words.join(" ") }).greeted();
    call.mood("tts1").failsAfter = 9;
    await call.says("Please count.");
    await call.hears("nine");
    call.phone.say("Stop that now.");
    await call.time.until("the agent is cut off", () => call.phone.cleared.length === 1);
    const kept = call.turns.find(({ wasInterrupted }) => wasInterrupted)!.agentText.split(" ");
    expect(kept).toEqual(words.slice(0, kept.length));
    expect(kept.length).toBeGreaterThanOrEqual(8);
    expect(kept.length).toBeLessThanOrEqual(call.phone.heard.length - 2);
  });

  test("noise that nobody hears words in is no failure", async () => {
    const call = await open().greeted();
    call.phone.noise(-30);
    await call.time.pass(6000);
    expect(call.failures).toEqual([]);
  });

  test.each(["stt", "llm", "tts"] as const)("all of %s down: the prepared message, then a person", async (kind) => {
    const call = await (await open().prepared()).greeted();
    call.all(kind, { isDown: true, failsAfter: 0 });
    await call.says("I need an appointment for tomorrow.");
    await call.time.until("the call is handed over", () => call.ended.length > 0);
    expect(call.phone.text).toContain("I am sorry, I have technical trouble.");
    expect(call.ended).toEqual(["hand-off human: the summary"]);
    await call.time.pass(20_000);
    expect(call.ended.length).toBe(1);
  });

  test("a breaker opens after three failures, keeps later calls away, and closes by a probe off the call", async () => {
    const call = open();
    call.mood("llm1").isDown = true;
    await call.greeted();
    for (const turn of [1, 2, 3]) {
      await call.says("I need an appointment.");
      await call.answered(turn);
    }
    expect(call.opened).toEqual(["llm1"]);
    const usedBefore = call.mood("llm1").used;
    await call.says("I need an appointment.");
    await call.answered(4);
    expect(call.failures.filter((name) => name === "llm1").length).toBe(3);
    expect(call.mood("llm1").used - usedBefore).toBeLessThanOrEqual(2); // probes
    call.mood("llm1").isDown = false;
    await call.time.pass(9000);
    await call.says("I need an appointment.");
    await call.answered(5);
    expect(call.turns.find(({ turn }) => turn === 5)!.providers.llm).toBe("p1");
  });

  test("a scenario's outage takes the first provider from its own call only", async () => {
    const call = await open({ faults: ["llm-outage"] }).greeted();
    for (const turn of [1, 2, 3, 4]) {
      await call.says("I need an appointment.");
      await call.answered(turn);
    }
    expect(call.turns[1]!.providers.llm).toBe("p2");
    expect(call.node.breakers.of("llm", "p1", "c").isOpen).toBe(false);
    expect(call.mood("llm1").used).toBe(0);
  });
});
