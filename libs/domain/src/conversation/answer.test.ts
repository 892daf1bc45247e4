import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Field } from "../manifest/index.ts";
import { type AnswerContext, type FactValue, offeredTimes, readAnswer } from "./answer.ts";

// 2026-01-05 is a Monday.
const context: AnswerContext = { callingCode: "1", from: "+15550100199", today: "2026-01-05", offers: null };
const field = (type: Field["type"], choices?: string[]): Field => ({
  name: "it",
  type,
  description: "",
  confirm: "none",
  required: true,
  personal: false,
  ...(choices === undefined ? {} : { choices }),
});

const read = (
  type: Field["type"],
  given: FactValue,
  wish: Partial<AnswerContext> = {},
  choices?: string[],
): unknown => {
  const reading = readAnswer(field(type, choices), given, { ...context, ...wish });
  return "value" in reading ? reading.value : null;
};

describe("phone numbers", () => {
  it.each([
    ["+1 (555) 010-0199", "+15550100199"],
    ["555 010 0199", "+15550100199"],
    ["1-555-010-0199", "+15550100199"],
    ["five five five, oh one oh, oh one double nine", "+15550100199"],
    ["my number is 555.010.0199.", "+15550100199"],
    ["011 44 20 7946 0958", "+442079460958"],
    ["plus four four two oh seven nine four six oh nine five eight", "+442079460958"],
    ["this number", "+15550100199"],
    ["the number I'm calling from", "+15550100199"],
    ["555 0199", null],
    ["no", null],
    ["+0123456789", null],
    ["+1234567890123456", null],
  ])("%s", (given, expected) => {
    expect(read("phone-number", given)).toBe(expected);
  });

  it.each([
    ["44", "020 7946 0958", "+442079460958"],
    ["49", "0151 23456789", "+4915123456789"],
    ["49", "null eins fünf eins, zwo drei vier, fünf sechs sieben acht neun", "+4915123456789"],
    ["39", "06 1234 5678", "+390612345678"],
    ["49", "49 151 23456789", "+4915123456789"],
    [null, "020 7946 0958", null],
    [null, "+44 20 7946 0958", "+442079460958"],
  ])("of country %s: %s", (callingCode, given, expected) => {
    expect(read("phone-number", given, { callingCode })).toBe(expected);
  });

  it("stay what they are once they are E.164, whatever the country", () => {
    const e164 = fc.stringMatching(/^\+[1-9][0-9]{7,13}$/);
    fc.assert(
      fc.property(e164, fc.constantFrom("1", "44", "49", null), (number, callingCode) => {
        expect(read("phone-number", number, { callingCode })).toBe(number);
      }),
    );
  });
});

describe("other answers", () => {
  it.each<[Field["type"], FactValue, FactValue | null]>([
    ["email", "Anna.Smith@Example.com", "anna.smith@example.com"],
    ["email", "anna dot smith at example dot com", "anna.smith@example.com"],
    ["email", "a n n a at example dot co dot uk.", "anna@example.co.uk"],
    ["email", "anna underscore s at example dot com", "anna_s@example.com"],
    ["email", "anna at home", null],
    ["email", "a..b@example.com", null],
    ["date", "2026-02-28", "2026-02-28"],
    ["date", "2026-02-30", null],
    ["date", "tomorrow", "2026-01-06"],
    ["date", "the day after tomorrow", "2026-01-07"],
    ["date", "on Thursday please", "2026-01-08"],
    ["date", "Monday", "2026-01-12"],
    ["date", "March the third", "2026-03-03"],
    ["date", "twenty-first of February", "2026-02-21"],
    ["date", "January 2nd", "2027-01-02"],
    ["date", "soon", null],
    ["time", "14:30", "14:30"],
    ["time", "09:05", "09:05"],
    ["time", "half past two", "14:30"],
    ["time", "quarter to nine", "08:45"],
    ["time", "3 pm", "15:00"],
    ["time", "3 p.m.", "15:00"],
    ["time", "ten", "10:00"],
    ["time", "twelve a.m.", "00:00"],
    ["time", "noon", "12:00"],
    ["time", "later", null],
    ["date-time", "2026-01-06T10:00", "2026-01-06T10:00"],
    ["date-time", "tomorrow at half past two", "2026-01-06T14:30"],
    ["date-time", "tomorrow", null],
    ["number", "about twenty-five of us", 25],
    ["number", "two hundred and six", 206],
    ["number", "three thousand five hundred", 3500],
    ["number", "1,250.5 euros", 1250.5],
    ["number", 12, 12],
    ["number", "many", null],
    ["boolean", true, true],
    ["boolean", "false", false],
    ["boolean", "yes, please", true],
    ["boolean", "No, thank you.", false],
    ["boolean", "that's right", true],
    ["boolean", "that is not right", false],
    ["boolean", "no problem", true],
    ["boolean", "perhaps", null],
    ["text", "  a leak ", "a leak"],
    ["text", "   ", null],
  ])("%s: %s", (type, given, expected) => {
    expect(read(type, given)).toBe(expected);
  });

  it.each([
    ["Urgent", "urgent"],
    ["it can wait I think", "can-wait"],
    ["can wayt", "can-wait"],
    ["urgent or can wait", null],
    ["purple", null],
    ["", null],
  ])("choice: %s", (given, expected) => {
    expect(read("choice", given, {}, ["urgent", "can-wait"])).toBe(expected);
  });

  it("chooses the longer of two that hold each other", () => {
    expect(read("choice", "over 250", {}, ["250", "over-250"])).toBe("over-250");
  });
});

describe("offered times", () => {
  const offers = offeredTimes({
    slots: [
      { start: "2026-01-06T10:00:00.000Z", end: "", spoken: "tomorrow at ten" },
      { start: "2026-01-08T14:30:00.000Z", spoken: "Thursday at half past two" },
      { nothing: true },
      7,
    ],
  });

  it.each([
    ["2026-01-06T10:00:00.000Z", "2026-01-06T10:00:00.000Z"],
    ["2026-01-06T11:00:00+01:00", "2026-01-06T10:00:00.000Z"],
    ["tomorrow at ten, please", "2026-01-06T10:00:00.000Z"],
    ["Thursday", "2026-01-08T14:30:00.000Z"],
    ["the second one", "2026-01-08T14:30:00.000Z"],
    ["the last one", "2026-01-08T14:30:00.000Z"],
    ["at", null],
    ["the third one", null],
    ["2026-01-06T11:00:00.000Z", null],
  ])("%s", (given, expected) => {
    expect(read("date-time", given, { offers })).toBe(expected);
  });

  it("cannot be chosen before there are any", () => {
    expect(readAnswer(field("date-time"), "tomorrow at ten", { ...context, offers: [] })).toEqual({
      problem: "no time has been offered yet; look for free times first",
    });
  });

  it("are the only times there are, whatever is said", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        (given) => {
          const value = read("date-time", given, { offers });
          expect([null, ...offers.map(({ start }) => start)]).toContain(value);
        },
      ),
    );
  });
});

describe("any answer", () => {
  const types: readonly Field["type"][] = [
    "text",
    "phone-number",
    "email",
    "date",
    "time",
    "date-time",
    "number",
    "boolean",
    "choice",
  ];
  const shapes: Readonly<Record<Field["type"], RegExp>> = {
    text: /\S/,
    "phone-number": /^\+[1-9]\d{6,14}$/,
    email: /^[^@\s]+@[^@\s]+\.[a-z]+$/,
    date: /^\d{4}-\d\d-\d\d$/,
    time: /^\d\d:\d\d$/,
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d/,
    number: /^-?[\d.e+-]+$/,
    boolean: /^(true|false)$/,
    choice: /^(urgent|can-wait)$/,
  };
  const words = fc.array(
    fc.constantFrom(
      "tomorrow",
      "5",
      "half",
      "past",
      "two",
      "yes",
      "no",
      "at",
      "dot",
      "com",
      "555",
      "0100199",
      "plus",
      "double",
      "monday",
      "pm",
      "urgent",
      "may",
      "twenty",
    ),
    { maxLength: 8 },
  );

  it("is taken in its type's form, or refused; taken again it stays the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.oneof(
          fc.string({ unit: "binary" }),
          words.map((list) => list.join(" ")),
          fc.double(),
          fc.boolean(),
        ),
        (type, given) => {
          const value = read(type, given, {}, type === "choice" ? ["urgent", "can-wait"] : undefined);
          if (value === null) return;
          expect(String(value)).toMatch(shapes[type]);
          expect(read(type, value as FactValue, {}, type === "choice" ? ["urgent", "can-wait"] : undefined)).toBe(
            value,
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
