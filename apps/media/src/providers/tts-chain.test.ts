import type { TtsListener } from "@tandem/ports/tts";
import { describe, expect, test } from "vitest";
import { DOWN } from "../../test-support/tone-providers.ts";
import { VirtualTime } from "../../test-support/virtual-time.ts";
import { Breaker } from "./breaker.ts";
import type { ChainLink } from "./chain.ts";
import { TtsChain } from "./tts-chain.ts";

const MS = 8;

/** A chain of two voices that do what the test says. */
function open() {
  const time = new VirtualTime();
  const told: string[] = [];
  const voices: { text: string; isEnded: boolean; isCancelled: boolean; listener: TtsListener }[] = [];
  let sessions = 0;
  let audioMs = 0;
  const chain = new TtsChain({
    timers: time,
    listener: {
      failed: (_, provider, failure) => void told.push(`${provider} failed: ${failure.message}`),
      breakerOpened: () => undefined,
    },
    deadlineMs: 500,
    onFailover: () => void told.push("failover"),
    onServed: (provider) => void told.push(`served by ${provider}`),
  });
  const links = [1, 2].map((place): ChainLink<"tts"> => ({
    kind: "tts",
    provider: `v${place}`,
    choice: { model: "m", voice: "", language: "en", settings: {} },
    lightModel: "m",
    port: {
      open: () => {
        sessions += 1;
        return {
          speak: (listener) => {
            const voice = { text: "", isEnded: false, isCancelled: false, listener };
            voices.push(voice);
            return {
              write: (text) => void (voice.text += text),
              end: () => void (voice.isEnded = true),
              cancel: () => void (voice.isCancelled = true),
            };
          },
          close: () => undefined,
        };
      },
    },
    breaker: new Breaker(time),
    probe: () => Promise.resolve(false),
  }));
  const speak = () =>
    chain.speak({
      audio: (chunk) => void (audioMs += chunk.length / MS),
      words: (words) => void told.push(`words ${words.map(({ text, endMs }) => `${text}@${endMs}`).join(" ")}`),
      done: () => void told.push("done"),
      failed: ({ message }) => void told.push(`over: ${message}`),
      cutAt: (positionMs) => (audioMs = positionMs === null ? audioMs : Math.min(audioMs, positionMs)),
    });
  const sound = (durationMs: number): void => voices.at(-1)!.listener.audio(new Uint8Array(durationMs * MS));
  return { time, told, voices, chain, links, speak, sound, sessions: () => sessions, audioMs: () => audioMs };
}

describe("a chain of voices", () => {
  test("connects the first before it is needed, and speaks what was written before the accounts were open", () => {
    const { chain, links, voices, speak, sessions } = open();
    const utterance = speak();
    utterance.write("Hello ");
    utterance.write("there.");
    utterance.end();
    chain.attach(links);
    expect(sessions()).toBe(1);
    expect(voices).toMatchObject([{ text: "Hello there.", isEnded: true }]);
  });

  test("a short text that may still grow is no silence; an ended one is, and the next voice says it whole", async () => {
    const { time, told, chain, links, voices, speak } = open();
    chain.attach(links);
    const utterance = speak();
    utterance.write("Let me see,");
    await time.pass(5000);
    expect(told).toEqual([]);
    utterance.end();
    await time.pass(501);
    expect(told).toEqual(["v1 failed: No audio within 500 ms.", "failover"]);
    expect(voices).toMatchObject([{ isCancelled: true }, { text: "Let me see,", isEnded: true }]);
  });

  test("the next voice begins with the first word that was not told whole; its times go on from there", () => {
    const { told, chain, links, voices, speak, sound, audioMs } = open();
    chain.attach(links);
    const utterance = speak();
    utterance.write("one two three four");
    sound(1000);
    voices[0]!.listener.words(
      ["one", "two", "three", "four"].map((text, n) => ({ text, startMs: n * 400, endMs: n * 400 + 350 })),
    );
    voices[0]!.listener.failed(DOWN);
    expect(audioMs()).toBe(750);
    expect(voices[1]!.text.trim()).toBe("three four");
    sound(100);
    voices[1]!.listener.words([{ text: "three", startMs: 0, endMs: 300 }]);
    expect(told.at(-1)).toBe("words three@1050");
    utterance.end();
    voices[1]!.listener.done();
    expect(told.at(-1)).toBe("done");
  });

  test("audio that stops before the end is a failure; the end of all voices is told once, and no timer is left", async () => {
    const { time, told, chain, links, speak, sound } = open();
    chain.attach(links);
    const utterance = speak();
    utterance.write("one two three");
    utterance.end();
    sound(300);
    await time.pass(2000);
    expect(told.filter((what) => what.startsWith("over"))).toEqual(["over: No audio within 500 ms."]);
    utterance.write("more");
    utterance.cancel();
    expect(time.pending).toBe(0);
  });

  test("a voice that ends without a sound has failed, unless there was nothing to say", () => {
    const silent = open();
    silent.chain.attach(silent.links);
    const words = silent.speak();
    words.write("Hello.");
    words.end();
    silent.voices[0]!.listener.done();
    expect(silent.told[0]).toBe("v1 failed: The voice ended without audio.");
    const nothing = open();
    nothing.chain.attach(nothing.links);
    const dots = nothing.speak();
    dots.write(" … ");
    dots.end();
    nothing.voices[0]!.listener.done();
    expect(nothing.told).toEqual(["done"]);
  });

  test("after a cancel nothing is told, whatever the voice still says", async () => {
    const { time, told, chain, links, voices, speak, sound, audioMs } = open();
    chain.attach(links);
    const utterance = speak();
    utterance.write("Hello.");
    utterance.end();
    utterance.cancel();
    sound(100);
    voices[0]!.listener.done();
    voices[0]!.listener.failed(DOWN);
    await time.pass(2000);
    expect([told, audioMs(), voices[0]!.isCancelled, time.pending]).toEqual([[], 0, true, 0]);
  });
});
