import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RedactionKind, redactText } from "./redact.ts";

const all: readonly RedactionKind[] = ["card", "phone", "email", "name"];

describe("redaction of what was said", () => {
  it.each([
    ["my card is 4111 1111 1111 1111.", "my card is [card]."],
    ["4111-1111-1111-1111 expires 12 27", "[card] expires 12 27"],
    ["four one one one, one one one one, one one one one, one one one one", "[card]"],
    ["call me at +1 (555) 010-0199 please", "call me at [phone] please"],
    ["it is five five five oh one oh oh one double nine", "it is [phone]"],
    ["null eins fünf eins, zwo drei vier, fünf sechs sieben", "[phone]"],
    ["write to Anna.Smith+x@example.co.uk.", "write to [email]."],
    ["anna dot smith at example dot com, please", "[email], please"],
    ["it is a n n a at example dot co dot uk thanks", "it is [email] thanks"],
    ["This is Anna Smith speaking, anna", "This is [name] speaking, [name]"],
    ["Mrs. SMITH will call", "Mrs. [name] will call"],
    ["hi my name is grace hopper and the tap drips", "hi my name is [name] and the tap drips"],
    ["My name's Kurt-Otto O’Brien, hello", "My name's [name], hello"],
    ["mein Name ist Jürgen Groß", "mein Name ist [name]"],
    ["Hello, this is Grace Hopper speaking.", "Hello, this is [name] speaking."],
    ["I am Grace calling about the tap", "I am [name] calling about the tap"],
  ])("%s", (text, expected) => {
    expect(redactText(text, all, ["Anna Smith"])).toBe(expected);
  });

  it.each([
    "see you on 2026-11-30 at 14:30",
    "it costs 1,250,000 dollars",
    "meet me at the dot com cafe",
    "order 12345",
    "look at it, dot by dot",
    "room 12, floor 3, since 2019",
    "my name is not on the list",
    "I'm calling about the tap",
    "this is about the kitchen",
    "what is my name in your system",
  ])("leaves alone: %s", (text) => {
    expect(redactText(text, all, ["Anna Smith"])).toBe(text);
  });

  it("takes a name that is also a word only where it is written as a name", () => {
    expect(redactText("Will said he will come", all, ["Will Young"])).toBe("[name] said he will come");
  });

  it("takes nothing that the policy does not name", () => {
    const text = "Anna Smith, anna@example.com, +15550100199, 4111111111111111";
    expect(redactText(text, [], ["Anna Smith"])).toBe(text);
    expect(redactText(text, ["email"], ["Anna Smith"])).toBe("Anna Smith, [email], +15550100199, 4111111111111111");
    expect(redactText(text, ["card"], ["Anna Smith"])).toBe("Anna Smith, anna@example.com, +15550100199, [card]");
  });
});

const filler = fc.array(fc.constantFrom("yes", "well", "my", "number", "is", "thanks,", "it", "leaks."), {
  maxLength: 6,
});
const luhnCard = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 }).map((digits) => {
  const sum = digits
    .toReversed()
    .reduce((total, digit, at) => total + (at % 2 === 1 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
  return [...digits, (10 - (sum % 10)) % 10].join("");
});
const separated = (digits: fc.Arbitrary<string>): fc.Arbitrary<readonly [string, string]> =>
  fc
    .tuple(digits, fc.integer({ min: 1, max: 5 }), fc.constantFrom(" ", "-", ", "))
    .map(([number, size, between]) => [number, (number.match(new RegExp(`\\d{1,${size}}`, "g")) ?? []).join(between)]);

describe("redaction, whatever is said", () => {
  it("leaves no card number, however it is grouped", () => {
    fc.assert(
      fc.property(separated(luhnCard), filler, filler, ([, card], before, after) => {
        const text = [...before, card, ...after].join(" ");
        const result = redactText(text, all, []);
        expect(result).toBe([...before, "[card]", ...after].join(" "));
      }),
    );
  });

  it("leaves no phone number, however it is grouped", () => {
    const phone = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 12 })
      .map((digits) => digits.join(""));
    fc.assert(
      fc.property(separated(phone), filler, ([number, written], before) => {
        const result = redactText([...before, written].join(" "), ["phone"], []);
        expect(result.replaceAll(/\D/g, "")).not.toContain(number);
      }),
    );
  });

  it("is done once and for all, and names nobody", () => {
    const name = fc.tuple(
      fc.constantFrom("Anna", "José", "O'Neil", "Li", "Will"),
      fc.constantFrom("Smith", "Brown-Jones", "Card", "May"),
    );
    fc.assert(
      fc.property(
        name,
        fc.array(fc.constantFrom("hello", "@", "[card]", "at", "dot", "com", "5550100199", "NAME"), { maxLength: 9 }),
        ([first, last], parts) => {
          const known = [`${first} ${last}`];
          const text = [...parts, first, last, ...parts].join(" ");
          const once = redactText(text, all, known);
          expect(redactText(once, all, known)).toBe(once);
          expect(once).not.toContain(`${first} ${last}`);
        },
      ),
    );
  });

  it("never throws and never grows without bound", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 3 }),
        (text, known) => {
          expect(redactText(text, all, known).length).toBeLessThanOrEqual(text.length * 8 + 8);
        },
      ),
    );
  });
});
