import fc from "fast-check";
import { expect, test } from "vitest";
import { Clauses } from "./clauses.ts";

const cut = (tokens: readonly string[]): string[] => {
  const clauses = new Clauses();
  return [...tokens.map((token) => clauses.add(token)), clauses.rest()].filter((piece) => piece !== "");
};
const tokensOf = (text: string): string[] => text.split(/(?=\s)/u);

test.each([
  ["the first clause goes first", "Sure, I can do that for you.", ["Sure, ", "I can do that for you."]],
  ["a sentence goes whole", "Yes. We are open today.", ["Yes. ", "We are open today."]],
  [
    "a first piece without a comma goes after a few plain words",
    "we are happy to help you with it.",
    ["we are happy to ", "help you with it."],
  ],
  ["later commas do not cut short", "Fine. So, then, go on.", ["Fine. ", "So, then, go on."]],
  ["a title stays with its name", "Ask Dr. Anna Schmidt. She knows.", ["Ask Dr. Anna Schmidt. ", "She knows."]],
  ["a number in groups stays whole", "Call 555, 0100, 22. Thanks.", ["Call 555, 0100, 22. ", "Thanks."]],
  ["a tag stays whole", "So <break time='1s, or 2'/> then. Bye.", ["So <break time='1s, or 2'/> then. ", "Bye."]],
])("%s", (_, text, pieces) => {
  expect(cut(tokensOf(text))).toEqual(pieces);
});

test.each([
  ["a sentence could be all", "One moment.", true],
  ["a comma could be all", "Well,", true],
  ["words could not", "One moment", false],
  ["an abbreviation could not", "Ask Dr.", false],
  ["a number with a point could not", "It is 3.", false],
  ["a question about a number could", "At 14?", true],
  ["nothing could not", "", false],
])("%s", (_, text, expected) => {
  const clauses = new Clauses();
  clauses.add(text);
  expect(clauses.couldEnd).toBe(expected);
});

const WORDS =
  "Sure,|we|are|open|on|Monday.|Anna|Schmidt|Dr.|14:30|555|0100,|$3.50|<say as='it, or so'/>|you?|+15550100199|No.|5|—|a";
const word = fc.constantFrom(...WORDS.split("|"));
const tokens = fc
  .tuple(fc.array(word, { maxLength: 40 }), fc.array(fc.nat(300), { maxLength: 60 }))
  .map(([words, cuts]) => {
    const text = words.join(" ");
    const at = [...new Set(cuts.map((place) => place % (text.length + 1)))].toSorted((one, other) => one - other);
    return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
  });

test("whatever the tokens, the pieces add up, and none ends inside a number, a name or a tag", () => {
  fc.assert(
    fc.property(tokens, (given) => {
      const pieces = cut(given);
      expect(pieces.join("")).toBe(given.join(""));
      for (const [index, piece] of pieces.slice(0, -1).entries()) {
        const last = /\S+(?=\s+$)/u.exec(piece)?.[0];
        const next = /^\S+/u.exec(pieces.slice(index + 1).join(""))?.[0] ?? "";
        const shown = JSON.stringify(pieces);
        expect(last, shown).toBeDefined();
        expect(/\p{N}/u.test(last!) && /^[\p{N}$+]/u.test(next), shown).toBe(false);
        expect(/^\p{Lu}\p{Ll}*$/u.test(last!) && /^\p{Lu}/u.test(next), shown).toBe(false);
        expect(
          /<[^>]*$/u.test(
            pieces
              .slice(0, index + 1)
              .join("")
              .replace(/<b .*/u, ""),
          ),
          shown,
        ).toBe(false);
      }
    }),
  );
});

test("the first piece of a spoken answer leaves after few words", () => {
  const answers = [
    "Sure, we can look at Tuesday at ten thirty or Wednesday in the afternoon.",
    "I have found two free times for you on Tuesday morning next week.",
    "Of course. Let me write down your name and your number first.",
  ];
  for (const answer of answers) {
    const clauses = new Clauses();
    const needed = tokensOf(answer).findIndex((token) => clauses.add(token) !== "");
    expect(needed, answer).toBeGreaterThan(0);
    expect(needed, answer).toBeLessThanOrEqual(5);
  }
});
