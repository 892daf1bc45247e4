import { describe, expect, test } from "vitest";
import { answersTheEnd, isBackchannel } from "./backchannel.ts";
import { takesFloor } from "./barge-in.ts";
import { endOfTurnSilenceMs, isCompleteSentence } from "./end-of-turn.ts";
import { isStableEnough } from "./speculation.ts";
import { saysTheSame, turnWords } from "./turn-words.ts";

const words = turnWords("en-US");

describe("a sentence sounds finished", () => {
  test.each([
    ["I would like an appointment.", true],
    ["Can you call me tomorrow?", true],
    ["yes", true],
    ["No.", true],
    ["My number is 555 010 0199 27.", true],
    ["It is +15550100199.", true],
    ["At ten thirty.", true],
    ["Tomorrow at 10:30.", true],
    ["On 2026-11-30.", true],
    ["I want to speak to Mr.", false],
    ["It is ana at example dot.", false],
    ["There are 2 of us.", true],
    ["", false],
    ["I would like an appointment", false],
    ["I need to come in and", false],
    ["My name is.", false],
    ["Well, um.", false],
    ["My number is 555.", false],
    ["five five five.", false],
    ["It is spelled B L A.", false],
    ["On Tuesday,", false],
    ["I was thinking...", false],
  ])("%j: %s", (text, isComplete) => {
    expect(isCompleteSentence(text, words)).toBe(isComplete);
  });

  test("in the caller's language", () => {
    expect(isCompleteSentence("Ich möchte einen Termin und.", turnWords("de-DE"))).toBe(false);
    expect(isCompleteSentence("Ich möchte einen Termin.", turnWords("de-DE"))).toBe(true);
    expect(isCompleteSentence("sí", turnWords("es"))).toBe(true);
  });

  test("a complete sentence ends after at most 180 ms, an unclear one or one still being recognised after the release's own silence", () => {
    const settings = { words, completeSilenceMs: 170, endpointingMs: 600 };
    expect(endOfTurnSilenceMs("Please book it.", true, settings)).toBeLessThanOrEqual(180);
    expect(endOfTurnSilenceMs("Please book it.", false, settings)).toBe(600);
    expect(endOfTurnSilenceMs("Please book it and", true, settings)).toBe(600);
  });
});

describe("talking over the agent", () => {
  test.each([
    ["mhm", true],
    ["Okay, right.", true],
    ["yes", true],
    ["I see.", true],
    ["Mm hmm, got it. Okay.", true],
    ["um", true],
    ["yes but", false],
    ["I see a problem", false],
    ["", false],
  ])("%j is a sign of listening: %s", (text, isSign) => {
    expect(isBackchannel(text, words)).toBe(isSign);
  });

  test("one word beyond signs of listening takes the floor", () => {
    const settings = { words, bargeInWords: 1, bargeInSpeechMs: 700 };
    expect(takesFloor("okay yes", settings)).toBe(false);
    expect(takesFloor("okay wait", settings)).toBe(true);
    expect(takesFloor("wait", { ...settings, bargeInWords: 2 })).toBe(false);
  });

  test("a yes at the very end answers", () => {
    expect(answersTheEnd(1000, 1500, 700)).toBe(true);
    expect(answersTheEnd(1000, 1800, 700)).toBe(false);
  });
});

describe("an answer is begun early", () => {
  const partial = { text: "book me in", previousText: "book me", isFinal: false, isPausedAndCurrent: false };
  test("on equal segments, complete sentences, finals and pauses; not on growing words", () => {
    expect(isStableEnough(partial, words)).toBe(false);
    expect(isStableEnough({ ...partial, previousText: "Book me in," }, words)).toBe(true);
    expect(isStableEnough({ ...partial, text: "Book me in, please." }, words)).toBe(true);
    expect(isStableEnough({ ...partial, isFinal: true }, words)).toBe(true);
    expect(isStableEnough({ ...partial, isPausedAndCurrent: true }, words)).toBe(true);
    expect(isStableEnough({ ...partial, text: "", isFinal: true }, words)).toBe(false);
  });

  test("what two segments say is compared without case and punctuation", () => {
    expect(saysTheSame("Yes, at 10:30.", "yes at 10 30")).toBe(true);
    expect(saysTheSame("", "…")).toBe(true);
    expect(saysTheSame("yes", "yes please")).toBe(false);
  });
});
