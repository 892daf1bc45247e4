import { afterEach, describe, expect, test } from "vitest";
import { type SceneOptions, VoiceScene } from "../../test-support/voice-scene.ts";

let scene: VoiceScene | null = null;

function open(options: SceneOptions = {}): VoiceScene {
  scene = new VoiceScene(options);
  Object.assign(scene.bundle.conversation.limits, { inactivitySeconds: 10 });
  return scene;
}

afterEach(() => {
  scene?.phone.hangUp();
  scene?.node.close();
  scene = null;
});

const NEVER = Number.POSITIVE_INFINITY;
const lost =
  (...ms: readonly number[]) =>
  (afterMs: number): number =>
    ms.includes(afterMs) ? NEVER : 0;

describe("a call that would stand still", () => {
  test.each([120, 300, 440])(
    "noise that comes and goes every %i ms: the caller's words are answered all the same",
    async (periodMs) => {
      const call = await open().greeted();
      await call.says("Are you open today?");
      const sinceMs = call.time.monotonicMs();
      for (let loud = true; !call.turns.some(({ turn }) => turn === 1); loud = !loud) {
        call.phone.noise(loud ? -20 : -90);
        await call.time.pass(periodMs);
        expect(call.time.monotonicMs() - sinceMs).toBeLessThan(15_000);
      }
      expect(call.turns[1]).toMatchObject({ callerText: "Are you open today?" });
      expect(call.stalls).toEqual([]);
    },
  );

  test("noise that comes and goes, and nobody speaks: the caller is asked, and the call ends", async () => {
    const call = await (await open().prepared()).greeted();
    for (let loud = true; call.ended.length === 0; loud = !loud) {
      call.phone.noise(loud ? -20 : -90);
      await call.time.pass(300);
      expect(call.time.monotonicMs()).toBeLessThan(1_200_000);
    }
    expect(call.engine.account.filter((entry) => entry === "remind").length).toBeGreaterThanOrEqual(2);
    expect(call.stalls).toEqual([]);
  });

  test("the timer that would ask again is lost: the watch asks, and tells what it found", async () => {
    const call = await (await open().prepared()).greeted();
    call.latenessMs = lost(10_000);
    await call.says("Are you open today?");
    await call.answered(1);
    await call.hears("Are you there?", 25_000);
    expect(call.stalls).toEqual([{ phase: "listening", waitingFor: "caller", silentMs: expect.any(Number) }]);
    expect(call.counters.stalls).toBe(1);
    expect(call.ended).toEqual([]);
  });

  test("an answer never comes and no timer of the turn runs: the prepared sentence, then a person", async () => {
    const call = await (
      await open({ replies: () => ({ tool: { acknowledgement: "", takesMs: 600_000 } }) }).prepared()
    ).greeted();
    call.latenessMs = (afterMs) => (afterMs === 25_000 || (afterMs > 250 && afterMs <= 1600) ? NEVER : 0);
    await call.says("Are you open today?");
    await call.time.until("a person takes over", () => call.ended.length > 0, 30_000);
    expect(call.phone.text).toContain("I am sorry, I have technical trouble.");
    expect(call.stalls).toEqual([{ phase: "responding", waitingFor: "answer", silentMs: expect.any(Number) }]);
  });

  test("neither an answer nor the last sentence: the call is handed over without it", async () => {
    const call = await open({ replies: () => ({ tool: { acknowledgement: "", takesMs: 600_000 } }) }).greeted();
    call.latenessMs = (afterMs) =>
      [12_000, 25_000].includes(afterMs) || (afterMs > 250 && afterMs <= 1600) ? NEVER : 0;
    call.all("tts", { isSilent: true });
    call.phone.press("1#");
    await call.time.until("a person takes over", () => call.ended.length > 0, 60_000);
    expect(call.ended).toEqual(["hand-off human: the summary"]);
    expect(call.stalls.map(({ phase }) => phase)).toEqual(["responding", "closing"]);
  });

  test("even the question brings no sound: a person takes over at the second look, without a sentence", async () => {
    const call = await open().greeted();
    const isOurs = (afterMs: number): boolean => afterMs === 8000 || afterMs > 12_000;
    call.latenessMs = (afterMs) =>
      isOurs(afterMs) || afterMs === 40 || (afterMs < 8000 && afterMs > 2000) ? 0 : NEVER;
    call.all("tts", { isSilent: true });
    await call.says("yes");
    await call.time.until("a person takes over", () => call.ended.length > 0, 60_000);
    expect(call.ended).toEqual(["hand-off human: the summary"]);
    expect(call.stalls.map(({ phase }) => phase)).toEqual(["maybe-ended", "responding"]);
  });

  test("a hand-over that the carrier never takes: the stream ends, which asks the carrier what comes next", async () => {
    const call = await (
      await open({ replies: () => ({ outcome: { next: "hand-off", to: "human", summary: "s" } }) }).prepared()
    ).greeted();
    await call.says("Are you open today?");
    await call.time.until("it is handed over", () => call.ended.length > 0);
    expect(call.phone.isClosed).toBe(false);
    await call.time.until("the stream ends", () => call.phone.isClosed, 10_000);
    expect(call.stalls).toEqual([{ phase: "closing", waitingFor: "carrier", silentMs: expect.any(Number) }]);
  });

  test("a long wait that is bridged, a long answer and a silent caller are no stalls", async () => {
    const call = open({
      replies: (turn) => (/open/.test(turn.text) ? { tool: { acknowledgement: "", takesMs: 12_000 } } : {}),
    });
    await (await call.prepared()).greeted();
    await call.says("Are you open today?");
    await call.answered(1, 60_000);
    expect(call.phone.text).toMatch(/(One moment, please\. ){3,}/);
    expect(call.counters.silences).toBe(0);
    await call.says("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen.");
    await call.answered(2, 60_000);
    await call.time.until("the silent caller is told goodbye", () => call.ended.length > 0, 90_000);
    expect(call.ended).toEqual(["hang-up"]);
    expect(call.stalls).toEqual([]);
  });
});
