import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SpokenText } from "./spoken-text.ts";

const timed = (text: string, msPerWord = 300) =>
  text
    .split(" ")
    .map((word, index) => ({ text: word, startMs: index * msPerWord, endMs: (index + 1) * msPerWord - 60 }));

describe("how far a text has been spoken", () => {
  test("by the voice's own word times", () => {
    const spoken = new SpokenText();
    spoken.write("Shall I book ");
    spoken.write("Tuesday at ten?");
    spoken.timed(timed("Shall I book Tuesday at ten?"));
    expect(spoken.until(0)).toBe("");
    expect(spoken.until(239)).toBe("Shall");
    expect(spoken.until(1140)).toBe("Shall I book Tuesday");
    expect(spoken.until(99_999)).toBe("Shall I book Tuesday at ten?");
  });

  test("times that hold several words, or none, keep their place in the text", () => {
    const spoken = new SpokenText();
    spoken.write("one two three four");
    spoken.timed([
      { text: " ", startMs: 0, endMs: 1 },
      { text: "one two ", startMs: 0, endMs: 400 },
      { text: "three", startMs: 400, endMs: 700 },
    ]);
    expect(spoken.until(398)).toBe("");
    expect(spoken.until(400)).toBe("one two");
    expect(spoken.until(700)).toBe("one two three");
  });

  test("by estimate where the voice tells none; by its true length once that is known", () => {
    const spoken = new SpokenText();
    spoken.write("one two three four");
    expect(spoken.until(62 * 7)).toBe("one two");
    spoken.lasted(1800);
    expect(spoken.until(700)).toBe("one two");
    expect(spoken.until(698)).toBe("one");
  });

  test("another voice says exactly what was not said whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,8}[.,]?$/), { minLength: 1, maxLength: 12 }),
        fc.nat({ max: 4000 }),
        fc.boolean(),
        (words, brokeAtMs, hasTimes) => {
          const text = words.join(" ");
          const spoken = new SpokenText();
          spoken.write(text);
          if (hasTimes) spoken.timed(timed(text));
          const endMs = spoken.wholeWordsEndMs(brokeAtMs) ?? brokeAtMs;
          expect(endMs).toBeLessThanOrEqual(brokeAtMs + 1);
          const said = spoken.until(endMs);
          spoken.keepUntil(endMs);
          expect(said + spoken.rest).toBe(text);
          expect(spoken.until(endMs)).toBe(said);
          spoken.timed(timed(spoken.rest.trim()).map((word) => ({ ...word, endMs: word.endMs + endMs })));
          expect(spoken.until(Number.MAX_VALUE)).toBe(spoken.rest.trim() === "" ? said : text);
        },
      ),
    );
  });
});
