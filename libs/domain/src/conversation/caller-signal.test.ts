import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callerSignal, isAffirmation, isBareAffirmation, isDenial, isEmergency, isRefusal } from "./caller-signal.ts";

const phrases = ["this is an emergency", "there is a fire", "I smell gas"];

describe("what a caller's words ask for", () => {
  it.each([
    ["Hello, THIS IS... an emergency!", "emergency"],
    ["I smell gas, can I talk to a person?", "emergency"],
    ["can I talk to a person", "person"],
    ["I want to speak with a human being, please", "person"],
    ["could you put me through to the operator", "person"],
    ["Human.", "person"],
    ["I need to talk to someone", "person"],
    ["Kann ich bitte mit einem Menschen sprechen?", "person"],
    ["Verbinden Sie mich? Ich möchte mit einer Mitarbeiterin reden", "person"],
    ["You don't understand me", "frustration"],
    ["I already told you that", "frustration"],
    ["this is so useless", "frustration"],
    ["there is a fireplace in the living room", null],
    ["am I talking to a person or a machine?", null],
    ["are you a real person", null],
    ["I don't want to talk to a person", null],
    ["I would like to speak to someone about a quote", null],
    ["I have three people waiting", null],
    ["My boiler is broken", null],
    ["", null],
  ])("%s → %s", (text, expected) => {
    expect(callerSignal(text, phrases)).toBe(expected);
  });

  it("finds an emergency whatever stands around it and however it is punctuated", () => {
    const noise = fc
      .array(fc.constantFrom("please", "help", "oh", "my", "quick"), { maxLength: 5 })
      .map((words) => words.join(" "));
    const sign = fc.constantFrom(" ", ", ", "... ", " — ", "! ", "\n");
    fc.assert(
      fc.property(
        fc.constantFrom(...phrases),
        noise,
        noise,
        sign,
        fc.boolean(),
        (phrase, before, after, between, isLoud) => {
          const said = phrase.split(" ").join(between);
          expect(isEmergency(`${before} ${isLoud ? said.toUpperCase() : said}! ${after}`, phrases)).toBe(true);
        },
      ),
    );
  });
});

describe("yes and no", () => {
  it.each([
    "yes",
    "Yeah, sure.",
    "that's right",
    "correct",
    "ok",
    "of course",
    "Um, yes",
    "no problem",
    "sounds good to me",
    "yes it is",
    "ja",
  ])("yes: %s", (text) => {
    expect([isAffirmation(text), isDenial(text)]).toEqual([true, false]);
  });

  it.each([
    "no",
    "Nope.",
    "no, Tuesday",
    "that's wrong",
    "not really",
    "actually no",
    "yes but no",
    "that is not correct",
    "I don't think so",
    "nein",
  ])("no: %s", (text) => {
    expect([isAffirmation(text), isDenial(text)]).toEqual([false, true]);
  });

  it.each(["tomorrow", "my number is 555", "Anna", "", "nowhere", "yesterday"])("neither: %s", (text) => {
    expect([isAffirmation(text), isDenial(text)]).toEqual([false, false]);
  });

  it("is never both", () => {
    const word = fc.constantFrom(
      "yes",
      "no",
      "not",
      "right",
      "wrong",
      "that",
      "is",
      "thats",
      "ok",
      "but",
      "problem",
      "dont",
      "please",
      "well",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 7 }), (words) => {
        expect(isAffirmation(words.join(" ")) && isDenial(words.join(" "))).toBe(false);
      }),
    );
  });

  it("tells a bare yes and a refusal from sentences that only begin like one", () => {
    expect(isBareAffirmation("Yes, that's fine.")).toBe(true);
    expect(isBareAffirmation("Yes, I have had a leak since this morning")).toBe(false);
    expect(isRefusal("No.")).toBe(true);
    expect(isRefusal("No, I do not agree to that at all")).toBe(true);
    expect(isRefusal("No heating since this morning")).toBe(false);
  });
});
