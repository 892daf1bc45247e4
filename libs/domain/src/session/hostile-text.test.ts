import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { type RedactionKind, redactText } from "./redact.ts";
import { redactWrittenEmails } from "./redact-written-email.ts";

const kinds: readonly RedactionKind[] = ["card", "phone", "email", "name"];
const names = ["Anna Smith", "José O'Neil-Brown"];
/** As much text as one frame of a hosted agent may hold. What takes the square of it takes ten seconds and more. */
const LENGTH = 60_000;
const CEILING_MS = 2500;

const timeOf = (work: () => unknown): number => {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
};

describe("somebody else's text never holds the thread up", () => {
  it.each([
    "1",
    "1 ",
    "one ",
    "double ",
    "a",
    "a.",
    "a@",
    "x@a.",
    "a+",
    "a.a-a_a%a+",
    "a at b dot ",
    "a dot ",
    "a ",
    "!",
    "!a ",
    '"',
    "(",
    "+(1",
    "[card]",
    "[name] ",
    "Anna ",
    "my name is ",
    "this is Anna ",
    "Anna,",
    "a\u0301",
    " ",
    ",",
  ])("%j, over and over", (piece) => {
    const run = piece.repeat(LENGTH / piece.length);
    for (const text of [run, `${run}x`, `x@${run}`, `${run}@x.example`, `5550100199 ${run} 5550100199`])
      expect(timeOf(() => redactText(text, kinds, names))).toBeLessThan(CEILING_MS);
  });

  it("whatever pieces are repeated", () => {
    const piece = fc.array(
      fc.constantFrom("1", "one", "a", "@", ".", " ", "at", "dot", "-", "+", "(", "!", "Anna", "[email]", "ä", "😀"),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(piece, (parts) => {
        const run = parts.join("").repeat(LENGTH / parts.join("").length);
        expect(timeOf(() => redactText(run, kinds, names))).toBeLessThan(CEILING_MS);
      }),
      { numRuns: 15 },
    );
  });
});

describe("written addresses", () => {
  const plain = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,24}/giu;

  it("are found where the plain expression, which takes the square of the length, finds them", () => {
    const text = fc.array(fc.constantFrom("a", "B9", "é", "@", "@", ".", "com", "-", "_", "+", " ", "x.org", "!"), {
      maxLength: 24,
    });
    fc.assert(
      fc.property(text, (parts) => {
        expect(redactWrittenEmails(parts.join(""))).toBe(parts.join("").replaceAll(plain, "[email]"));
      }),
      { numRuns: 2000 },
    );
  });
});
