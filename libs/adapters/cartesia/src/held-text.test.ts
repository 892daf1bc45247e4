import fc from "fast-check";
import { expect, test } from "vitest";
import { HeldText } from "./held-text.ts";

const given = (pieces: readonly string[]): string[] => {
  const held = new HeldText();
  return [...pieces.map((piece) => held.add(piece)), held.rest()];
};

test.each([
  ["words pass at once", ["Hel", "lo", " there"], ["Hel", "lo", " there", ""]],
  ["a time is kept together", ["at 1", "4:", "00", " o'clock"], ["at ", "", "", "14:00 o'clock", ""]],
  ["a number in groups is kept together", ["+1 555 ", "0100", " now"], ["", "", "+1 555 0100 now", ""]],
  ["an amount keeps its sign", ["for $", "5", "0. Fine"], ["for ", "", "$50. Fine", ""]],
  ["a tag is kept together", ["wait <break ti", 'me="1s"/', "> so"], ["wait ", "", '<break time="1s"/> so', ""]],
  ["a number at the end comes with the end", ["room 12"], ["room ", "12"]],
  ["less-than is text", ["a < b"], ["a < b", ""]],
])("%s", (_, pieces, expected) => {
  expect(given(pieces)).toEqual(expected);
});

const word = fc.oneof(
  fc.constantFrom("Hello", "+15550100199", "14:00", "$3.50", "<break time='1s'/>", "2026-11-30", "Dr.", "né", "5", "<"),
  fc.string({ maxLength: 6 }),
);
const cutText = fc
  .tuple(fc.array(word, { maxLength: 12 }), fc.array(fc.nat(80), { maxLength: 20 }))
  .map(([words, cuts]) => {
    const text = words.join(" ");
    const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((one, other) => one - other);
    return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
  });

test("whatever the cuts, the pieces add up and none ends inside a run of digits", () => {
  fc.assert(
    fc.property(cutText, (pieces) => {
      const sent = given(pieces).filter((piece) => piece !== "");
      expect(sent.join("")).toBe(pieces.join(""));
      for (const [index, piece] of sent.slice(0, -1).entries())
        expect(/\p{N}$/u.test(piece) && /^\p{N}/u.test(sent[index + 1]!), JSON.stringify(sent)).toBe(false);
    }),
  );
});

test("text without an end to its number or tag is not kept for ever", () => {
  expect(given(["<b", "x".repeat(300)])).toEqual(["", `<b${"x".repeat(300)}`, ""]);
});
