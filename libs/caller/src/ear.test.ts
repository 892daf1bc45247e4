import { renderTones } from "@tandem/audio";
import { expect, test } from "vitest";
import { Ear } from "./ear.ts";
import { toneVoice } from "./tone-voice.ts";

const frames = (text: string): Uint8Array[] => {
  const { audio } = renderTones(text, { encoding: "mulaw", sampleRateHz: 8000 });
  const padded = new Uint8Array(Math.ceil(audio.length / 160 + 5) * 160).fill(0xff);
  padded.set(audio);
  return Array.from({ length: padded.length / 160 }, (_, index) => padded.subarray(index * 160, index * 160 + 160));
};

function listen() {
  const begins: number[] = [];
  return { begins, ear: new Ear(toneVoice(), (beginMs) => begins.push(beginMs)) };
}

test("words and sounds have moments of the call, whatever jitter and standstill do to the frames", () => {
  const { ear, begins } = listen();
  for (const [index, frame] of frames("good morning everybody").entries()) {
    const dueMs = 5000 + index * 20;
    // Late by up to 15 ms; from frame 20 on nothing comes for a second, then all of it at once.
    ear.hear(frame, index >= 20 && index < 70 ? Math.max(dueMs, 6400) : dueMs + (index % 4) * 5);
  }
  ear.flush();
  expect(ear.words.map(({ text }) => text)).toEqual(["good", "morning", "everybody"]);
  expect(Math.abs((begins[0] ?? 0) - 5000)).toBeLessThan(21);
  expect(Math.abs((ear.words[0]?.startMs ?? 0) - 5000)).toBeLessThan(21);
  expect(ear.lastSoundMs).toBeLessThanOrEqual(5000 + frames("good morning everybody").length * 20);
});

test("a line that was elsewhere for a while goes on at the moment it comes back", () => {
  const { ear, begins } = listen();
  frames("before").forEach((frame, index) => ear.hear(frame, index * 20));
  frames("after").forEach((frame, index) => ear.hear(frame, 9000 + index * 20));
  ear.flush();
  expect(begins.map((beginMs) => Math.round(beginMs / 100))).toEqual([0, 90]);
  expect(Math.abs((ear.words[1]?.startMs ?? 0) - 9000)).toBeLessThan(25);
});
