import { describe, expect, test } from "vitest";
import { diffWords } from "./diff-words.ts";

const marked = (before: string, after: string): string[] | null =>
  diffWords(before, after)?.map((parts) =>
    parts.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join(""),
  ) ?? null;

describe("words of two lines", () => {
  test("only what differs is marked, neighbours together", () => {
    expect(marked("We open at 9 and close at 17.", "We open at 8 and close at 18.")).toEqual([
      "We open at [9] and close at [17].",
      "We open at [8] and close at [18].",
    ]);
    expect(marked("Say hello to the caller.", "Say good morning to the caller.")).toEqual([
      "Say [hello] to the caller.",
      "Say [good morning] to the caller.",
    ]);
  });

  test("a line that only grew marks what came", () => {
    expect(marked("Ask for the name.", "Ask for the name. Repeat it.")).toEqual([
      "Ask for the name.",
      "Ask for the name.[ Repeat it.]",
    ]);
  });

  test("lines with nothing in common, and very long ones, are not compared by words", () => {
    expect(marked("alpha beta gamma", "uno due tre")).toBeNull();
    expect(marked("a ".repeat(2000), "b ".repeat(2000))).toBeNull();
    expect(marked("", "")).toBeNull();
  });

  test("both sides are kept whole", () => {
    const [before, after] = ["Grüße, {{name}} – 10 %", "Grüße, {{caller}} – 15 %"];
    const sides = diffWords(before, after)?.map((parts) => parts.map(({ text }) => text).join(""));
    expect(sides).toEqual([before, after]);
  });
});
