import fc from "fast-check";
import { expect, test } from "vitest";
import { WordTimes } from "./word-times.ts";

const characters = (text: string, fromMs = 0) => ({
  characters: Array.from(text),
  startsMs: Array.from(text).map((_, index) => fromMs + index * 10),
  durationsMs: Array.from(text).map(() => 10),
});

test("words are made of characters, from the first to the end of the last", () => {
  const words = new WordTimes();
  expect(words.add(characters("At ten. "), 100)).toEqual([
    { text: "At", startMs: 100, endMs: 120 },
    { text: "ten.", startMs: 130, endMs: 170 },
  ]);
  expect(words.rest()).toEqual([]);
});

test("however a text is cut into chunks, the words and their times are the same", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z0-9.,]{1,8}$/u), { maxLength: 10 }),
      fc.array(fc.nat(99), { maxLength: 8 }),
      (texts, cuts) => {
        const text = texts.join(" ");
        const whole = new WordTimes();
        const expected = [...whole.add(characters(text), 0), ...whole.rest()];
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((one, other) => one - other);
        const parts = new WordTimes();
        const found = [0, ...at].flatMap((from, index) =>
          parts.add(characters(text.slice(from, at[index] ?? text.length)), from * 10),
        );
        expect([...found, ...parts.rest()]).toEqual(expected);
        expect(expected.map((word) => word.text)).toEqual(texts);
      },
    ),
  );
});

test("times that are missing count as the chunk's start", () => {
  const words = new WordTimes();
  words.add({ characters: ["a", "b"], startsMs: [5], durationsMs: [] }, 100);
  expect(words.rest()).toEqual([{ text: "ab", startMs: 105, endMs: 100 }]);
});
