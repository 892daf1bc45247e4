import fc from "fast-check";
import { expect, test } from "vitest";
import { VoiceScene } from "../../test-support/voice-scene.ts";

const mood = fc.record({
  isDown: fc.boolean(),
  isSilent: fc.boolean(),
  stallsAfter: fc.option(fc.nat({ max: 4 }), { nil: null }),
  failsAfter: fc.option(fc.nat({ max: 8 }), { nil: null }),
  latencyMs: fc.constantFrom(20, 75, 400, 900),
});
/** Mostly good: a call in which everything fails is one case of many. */
const maybe = fc.option(mood, { nil: null, freq: 2 });
const name = ["stt1", "stt2", "stt3", "llm1", "llm2", "llm3", "tts1", "tts2", "tts3"];

/** A machine that is short of time: frames come in bursts, timers late, marks not at all. */
const hardship = fc.record({
  framesAtATime: fc.constantFrom(1, 1, 5, 40, 120),
  lateMs: fc.array(fc.constantFrom(0, 0, 5, 80, 700), { minLength: 1, maxLength: 6 }),
  losesMarks: fc.boolean(),
});
/** Every rule of ours is sooner, on a machine as late as this one. */
const LONGEST_SILENCE_MS = 24_000;

test(
  "whatever providers do, a caller is answered or handed over in bounded time, is never talked over, and nothing is left behind",
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(maybe, { minLength: 9, maxLength: 9 }),
        hardship,
        async (moods, { lateMs, ...phone }) => {
          const scene = new VoiceScene();
          Object.assign(scene.bundle.conversation.limits, { inactivitySeconds: 10 });
          await (await scene.prepared()).start();
          let timers = 0;
          scene.latenessMs = () => lateMs[(timers += 1) % lateMs.length]!;
          Object.assign(scene.phone, phone);
          moods.forEach((each, index) => each !== null && Object.assign(scene.mood(name[index]!), each));
          await scene.time.until("the opening is over", () => scene.turns.length > 0 || scene.ended.length > 0, 30_000);
          if (scene.ended.length === 0) {
            await scene.says("I need an appointment for tomorrow.");
            const spokeUntilMs = scene.time.monotonicMs();
            await scene.time.until(
              "the caller hears something, or a person",
              () => scene.phone.soundSince(spokeUntilMs) > 0 || scene.ended.length > 0,
              LONGEST_SILENCE_MS,
            );
            await scene.time.until(
              "the caller is answered or handed over",
              () => scene.turns.some(({ turn, agentText }) => turn >= 1 && agentText !== "") || scene.ended.length > 0,
              60_000,
            );
            expect(scene.phone.soundSince(spokeUntilMs)).toBeGreaterThan(0);
          }
          scene.phone.hangUp();
          const begun = scene.engine.account.filter((entry) => /^(respond|remind)/.test(entry)).length;
          const over = scene.engine.account.filter((entry) => /^(discard|interrupt|finish)/.test(entry)).length;
          expect(over).toBe(begun);
          scene.node.close();
          await scene.time.pass(70_000);
          expect(scene.time.pending).toBe(0);
        },
      ),
      { numRuns: 40 },
    ),
  120_000,
);
