import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { booleanIn, choiceIn } from "./choice.ts";
import { companyIn, emailIn, personIn, phoneIn, spokenEmail, spokenPhone } from "./contact-details.ts";
import { dayIn, timeIn } from "./day.ts";
import { type Field, readPrompt } from "./prompt.ts";
import { isNo, isYes } from "./spoken-words.ts";

const field = (choices: readonly string[], description: string, type = "choice"): Field => ({
  name: "f",
  type,
  isNeeded: true,
  description,
  choices,
  confirm: "none",
});

test.each([
  ["555-777-0001", "+15557770001"],
  ["it's +44 20 7946 0000, thanks", "+442079460000"],
  ["1 555 777 0001", "+15557770001"],
  ["five five five double seven seven oh oh oh one", "+15557770001"],
  ["plus four four two zero seven nine four six zero zero zero zero", "+442079460000"],
  ["call me on 2026-11-24 at 10", undefined],
  ["we are 30 people", undefined],
  ["twelve", undefined],
])("a number in %j", (text, number) => expect(phoneIn(text)).toBe(number));

test("a number that is read out is understood again", () => {
  const digits = fc.stringMatching(/^[1-9]\d{8,13}$/u);
  fc.assert(
    fc.property(digits, (text) => {
      expect(phoneIn(spokenPhone(`+${text}`))).toBe(`+${text}`);
    }),
  );
});

test.each([
  ["ada@example.com", "ada@example.com"],
  ["you can reach me at ada at example dot com", "ada@example.com"],
  ["a d a dot l at example dot co dot uk", "ada.l@example.co.uk"],
  ["It's ada underscore l at my-firm dot com, thanks", undefined],
  ["Ada at home", undefined],
])("an address in %j", (text, address) => {
  if (address !== undefined) expect(emailIn(text)).toBe(address);
  else expect(emailIn(text) ?? "").not.toContain("home");
});

test("an address that is read out is understood again", () => {
  const word = fc
    .stringMatching(/^[a-z]{2,8}$/u)
    .filter((text) => !/^(?:dot|at|dash|plus|minus|hyphen|underscore)$/u.test(text));
  const address = fc.tuple(
    word,
    fc.constantFrom("", ".", "_", "-"),
    word,
    word,
    fc.constantFrom("com", "org", "co.uk"),
  );
  fc.assert(
    fc.property(address, ([first, sign, last, host, top]) => {
      const written = `${first}${sign}${last}@${host}.${top}`;
      expect(emailIn(spokenEmail(written))).toBe(written);
    }),
  );
});

test.each([
  ["my name is ada lovelace", false, "Ada Lovelace"],
  ["This is Ada Lovelace from Engines", false, "Ada Lovelace"],
  ["I'm calling about my bill", false, undefined],
  ["I am Ada", true, "Ada"],
  ["Ada Lovelace", true, "Ada Lovelace"],
  ["Ada Lovelace", false, undefined],
  ["this is urgent", false, undefined],
  ["my boiler is leaking all over the floor", true, undefined],
])("a person in %j (asked: %s)", (text, isAsked, name) => expect(personIn(text, isAsked)).toBe(name));

test.each([
  ["I work for Analytical Engines", false, "Analytical Engines"],
  ["this is Ada from Smith and Sons", false, "Smith And Sons"],
  ["Analytical Engines", true, "Analytical Engines"],
  ["Analytical Engines", false, undefined],
  ["Ada from Acme", false, "Acme"],
  ["We get calls from unknown numbers", false, undefined],
])("a company in %j (asked: %s)", (text, isAsked, name) => expect(companyIn(text, isAsked)).toBe(name));

describe("a choice", () => {
  const urgency = field(["urgent", "can-wait"], "Whether it can wait until the next working day.");
  const size = field(["solo", "2-10", "11-50", "over-50"], "How many people work there.");
  test.each([
    [urgency, "it's an emergency", false, "urgent"],
    [urgency, "I need somebody right now", false, "urgent"],
    [urgency, "it is not urgent", false, "can-wait"],
    [urgency, "tomorrow is fine", false, "can-wait"],
    [urgency, "yes", true, "can-wait"],
    [urgency, "no", true, "urgent"],
    [urgency, "my tap drips", false, undefined],
    [size, "about thirty", true, "11-50"],
    [size, "a dozen people", false, "11-50"],
    [size, "two hundred and fifty", true, "over-50"],
    [size, "just me", false, "solo"],
    [size, "we lose 30 calls a day", false, undefined],
  ])("%# %j", (of, text, isAsked, choice) => expect(choiceIn(of, text, isAsked)).toBe(choice));
});

test.each([
  ["yes please", true],
  ["no thanks", false],
  ["as soon as possible is fine", false],
  ["tomorrow morning would be great", true],
  ["purple", undefined],
])("a fixed time is wanted: %j", (text, value) =>
  expect(booleanIn(field([], "Whether they want a fixed time.", "boolean"), text)).toBe(value),
);

test.each([
  ["tomorrow", "2026-11-24"],
  ["the day after tomorrow", "2026-11-25"],
  ["Friday please", "2026-11-27"],
  ["Monday", "2026-11-30"],
  ["November 26th", "2026-11-26"],
  ["the third of january", "2027-01-03"],
  ["next week", "2026-11-30"],
  ["whenever", undefined],
])("the day in %j, seen from a Monday", (text, day) => expect(dayIn(text, "Monday, November 23, 2026")).toBe(day));

test.each([
  ["9:30 AM", 570],
  ["half past nine", 570],
  ["quarter to ten", 585],
  ["at two in the afternoon", 840],
  ["ten o'clock", 600],
  ["nine thirty", 570],
  ["the first one", undefined],
])("the time in %j", (text, minutes) => expect(timeIn(text)?.minutes).toBe(minutes));

test.each([
  ["yes", true, false],
  ["Yeah, that's right.", true, false],
  ["okay no wait", false, false],
  ["no, Tuesday", false, true],
  ["no rush", false, false],
  ["I don't know", false, false],
  ["not really", false, true],
  ["Ada", false, false],
])("%j is a yes: %s, a no: %s", (text, yes, no) => {
  expect([isYes(text), isNo(text)]).toEqual([yes, no]);
});

test("the system message is read to its last line", () => {
  const prompt = readPrompt(
    [
      "# Who you are\nYou answer.\n\n# Rules that outrank everything else\n- Be honest.\n\n# Step `take`\nAsk.\n# Not a section\nMore.\n\n# To find out",
      "- `urgency` (choice, needed): Whether it can wait. Judge it. One of: urgent, can-wait.",
      "- `name` (text, needed): First and last name. Repeat it in passing.",
      "- `start` (date-time, if it comes up): The time. Read it back and wait for a yes.\n\n# Known",
      '- `reason` = "a (b) = c"\n- `phone` = "+15557770001" (not confirmed)\n- `count` = 3\n\n# Call',
      "- `from` = +15557770001\n- `localDate` = Monday, November 23, 2026",
    ].join("\n"),
  );
  expect(prompt).toEqual({
    step: "take",
    instruction: "Ask.\n# Not a section\nMore.",
    wanted: [
      { ...field(["urgent", "can-wait"], "Whether it can wait. Judge it."), name: "urgency" },
      { ...field([], "First and last name.", "text"), name: "name", confirm: "implicit" },
      { ...field([], "The time.", "date-time"), name: "start", isNeeded: false, confirm: "explicit" },
    ],
    known: new Map<string, unknown>([
      ["reason", { value: "a (b) = c", isConfirmed: true }],
      ["phone", { value: "+15557770001", isConfirmed: false }],
      ["count", { value: 3, isConfirmed: true }],
    ]),
    call: new Map([
      ["from", "+15557770001"],
      ["localDate", "Monday, November 23, 2026"],
    ]),
  });
});
