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

describe("an answer that is late", () => {
  const checking = { acknowledgement: "Let me check.", takesMs: 2000 };

  test("a slow tool: the acknowledgement is said after the turn's budget, and there is never more than two seconds of silence", async () => {
    const call = open({ replies: () => ({ tool: checking }) });
    Object.assign(call.bundle.tools[0]!, { acknowledgement: "Let me check." });
    await (await call.prepared()).greeted();
    await call.says("Are you open today?");
    await call.answered(1);
    expect(call.phone.text).toBe("Hello there. Let me check. You said Are you open today?");
    expect(call.turns[1]!.longestSilenceMs).toBeLessThanOrEqual(2000);
    expect(call.counters.silences).toBe(0);
  });

  test("a very slow tool: fillers follow, and there is never more than two seconds of silence", async () => {
    const call = open({ replies: () => ({ tool: { ...checking, takesMs: 7000 } }) });
    await (await call.prepared()).greeted();
    await call.says("Are you open today?");
    await call.answered(1, 40_000);
    expect(call.phone.text).toMatch(
      /^Hello there\. Let me check\. (One moment, please\. )+You said Are you open today\?$/,
    );
    expect(call.turns[1]!.longestSilenceMs).toBeLessThanOrEqual(2000);
    expect(call.counters.silences).toBe(0);
  });

  test.each([true, false])(
    "an answer that never comes: fillers, then a person, within half a minute (sentences rendered: %s)",
    async (isPrepared) => {
      const call = open({ replies: () => ({ tool: { ...checking, takesMs: 600_000 } }) });
      if (isPrepared) await call.prepared();
      await call.greeted();
      await call.says("Are you open today?");
      await call.time.until("the call is handed over", () => call.ended.length > 0, 40_000);
      expect(call.ended).toEqual(["hand-off human: the summary"]);
      expect(call.phone.text).toMatch(/(One moment, please\. ){3,}.*I am sorry, I have technical trouble\./);
    },
  );

  test("what is not rendered yet is spoken by the voice itself", async () => {
    const call = await open({ replies: () => ({ tool: checking }) }).start();
    await call.time.until("the opening is over", () => call.turns.length === 1);
    await call.says("Are you open today?");
    await call.answered(1);
    expect(call.phone.text).toBe("Hello there. Let me check. You said Are you open today?");
    expect(call.turns[1]!.agentText).toBe("Let me check. You said Are you open today?");
  });

  test("a quick tool: it is not said", async () => {
    const call = open({ replies: () => ({ tool: { ...checking, takesMs: 30 } }) });
    Object.assign(call.bundle.tools[0]!, { acknowledgement: "Let me check." });
    await (await call.prepared()).greeted();
    await call.says("Are you open today?");
    await call.answered(1);
    expect(call.phone.text).toBe("Hello there. You said Are you open today?");
  });
});
