import { describe, expect, test } from "vitest";
import { answerOf } from "./answer.ts";
import { openCalendar, readPlaybook, Rehearsal, slots, type ToolAnswers } from "../../../test/rehearsal.ts";

const afterHours = readPlaybook("after-hours-answering");
const leadQualifier = readPlaybook("lead-qualifier");

/** Plays the caller's lines and checks what each answer holds: text, or a pattern. */
function play(rehearsal: Rehearsal, lines: readonly (readonly [caller: string, agent: string | RegExp])[]): void {
  for (const [caller, agent] of lines) {
    const said = rehearsal.turn(caller);
    if (typeof agent === "string") expect(said, `after "${caller}"`).toContain(agent);
    else expect(said, `after "${caller}"`).toMatch(agent);
  }
}

const used = ({ used: calls }: Rehearsal): readonly string[] => calls.map(({ tool }) => tool);
const given = (rehearsal: Rehearsal, tool: string) => rehearsal.used.findLast((each) => each.tool === tool)?.arguments;
const [first, second, thursday] = slots;

const upToBooking = [
  ["Hi, my heating makes a strange noise, but it can wait until tomorrow.", "May I have your name?"],
  ["Ada Lovelace", "Thank you, Ada Lovelace. May we use the number you are calling from?"],
  ["Yes", "What must the staff know to help?"],
  [
    "It is a gas boiler at 12 Main Street.",
    "For the message I have: It is a gas boiler at 12 Main Street. Is that right?",
  ],
  ["Yes, that's right", "Do you want a fixed time for the call-back?"],
  ["Yes please", `I have ${first?.spoken}, or ${second?.spoken}. Which one suits you?`],
] as const;

describe("after hours", () => {
  test("a message is taken, a call-back booked, everything kept, and the call ended", () => {
    const call = new Rehearsal(afterHours, { tools: openCalendar });
    play(call, [
      ...upToBooking,
      ["The second one", `For the callback start I have: ${second?.spoken}. Is that right?`],
      ["yes", `It is booked: ${second?.spoken}. Thank you for calling. Goodbye, Ada.`],
    ]);
    expect(call.step).toBe("end");
    expect(used(call)).toEqual(["find_slots", "book_slot", "save_contact", "save_message", "end_call"]);
    expect(given(call, "book_slot")).toEqual({
      start: second?.start,
      name: "Ada Lovelace",
      phone: "+15557770001",
      reason: "my heating makes a strange noise, but it can wait until tomorrow.",
    });
    expect(given(call, "save_contact")).toMatchObject({ urgency: "can-wait", phone: "+15557770001" });
    expect(given(call, "save_message")?.["text"]).toContain(`booked: ${second?.spoken}`);
  });

  test("whom we call is thanked for the time, not for calling", () => {
    const call = new Rehearsal(afterHours, { tools: openCalendar, isPlaced: true });
    play(call, [...upToBooking, ["the first", "Is that right?"], ["yes", "Thank you for your time. Goodbye, Ada."]]);
    expect(call.said.join(" ")).not.toContain("Thank you for calling. Goodbye");
  });

  test.each([
    ["by its day and time", "Tuesday at ten", second],
    ["by the hour alone", "at half past nine", first],
    ["by its place", "the first one please", first],
    ["by another offered day", "Thursday would be better", thursday],
  ])("a time is chosen %s", (_, words, slot) => {
    const call = new Rehearsal(afterHours, { tools: openCalendar });
    play(call, [...upToBooking, [words, `For the callback start I have: ${slot?.spoken}. Is that right?`]]);
    play(call, [["yes", `It is booked: ${slot?.spoken}.`]]);
  });

  test("a time is corrected before it is booked: nothing is booked for the wrong one", () => {
    const call = new Rehearsal(afterHours, { tools: openCalendar });
    play(call, [
      ...upToBooking,
      ["the first", `${first?.spoken}. Is that right?`],
      ["no, Thursday", `For the callback start I have: ${thursday?.spoken}. Is that right?`],
      ["yes", `It is booked: ${thursday?.spoken}.`],
    ]);
    expect(call.used.filter(({ tool }) => tool === "book_slot").map((each) => each.arguments["start"])).toEqual([
      thursday?.start,
    ]);
  });

  test("another day is looked up; where nothing is free the old times stand", () => {
    const call = new Rehearsal(afterHours, { tools: openCalendar });
    play(call, [
      ...upToBooking,
      ["neither", "there is no free time then. I have"],
      ["no", "Which day would suit you better?"],
      ["Wednesday", `I have ${thursday?.spoken}. Does that suit you?`],
      ["that works", `For the callback start I have: ${thursday?.spoken}. Is that right?`],
    ]);
    expect(call.used.map((each) => each.arguments["from"])).toEqual([undefined, "2026-11-27", "2026-11-25"]);
  });

  test("a day named with the wish is looked up at once", () => {
    const call = new Rehearsal(afterHours, { tools: openCalendar });
    play(call, [
      ...upToBooking.slice(0, -1),
      ["Yes, Thursday if possible", `I have ${thursday?.spoken}. Does that suit you?`],
    ]);
    expect(given(call, "find_slots")).toEqual({ from: "2026-11-26" });
  });

  test("no call-back is wanted: the calendar is left alone", () => {
    const call = new Rehearsal(afterHours, { tools: openCalendar });
    play(call, [
      ...upToBooking.slice(0, -1),
      ["No, as soon as possible is fine", "The team will be in touch with you."],
    ]);
    expect(used(call)).toEqual(["save_contact", "save_message", "end_call"]);
  });

  test.each<readonly [string, ToolAnswers, RegExp]>([
    [
      "the calendar has nothing",
      { find_slots: () => ({ outcome: "empty", reply: { slots: [] } }) },
      /sorry, there is no free time/u,
    ],
    [
      "the calendar does not answer",
      { find_slots: () => ({ outcome: "failure", reply: { reason: "down" } }) },
      /sorry, I cannot see the calendar/u,
    ],
  ])("%s: said so, and gone on", (_, tools, apology) => {
    const call = new Rehearsal(afterHours, { tools });
    play(call, [...upToBooking.slice(0, -1), ["Yes", apology]]);
    expect(used(call)).toEqual(["find_slots", "save_contact", "save_message", "end_call"]);
  });

  test("a booking that fails is apologised for and never called booked", () => {
    const taken = () => ({ outcome: "failure", reply: { reason: "taken", message: "Somebody was faster." } });
    const call = new Rehearsal(afterHours, { tools: { ...openCalendar, book_slot: taken } });
    play(call, [...upToBooking, ["the first", /Is that right/u]]);
    const said = call.turn("yes");
    expect(said).toContain("I am sorry, that time could not be booked.");
    expect(said).not.toContain("It is booked");
    expect(used(call)).toEqual(["find_slots", "book_slot", "save_contact", "save_message", "end_call"]);
  });

  test("another number is asked for, read back, corrected and only then kept", () => {
    const call = new Rehearsal(afterHours);
    play(call, [
      ["I have a question about my bill", "Can it wait until the next working day?"],
      ["yes it can", "May I have your name?"],
      ["my name is grace hopper", "Thank you, Grace Hopper."],
      ["no", "What is the best number to reach you?"],
      [
        "five five five, one two three, four five six seven",
        "For the callback number I have: 555 123 4567. Is that right?",
      ],
    ]);
    expect(call.facts.has("callback_number")).toBe(false);
    play(call, [
      ["no, it ends with 555 123 4568", "For the callback number I have: 555 123 4568. Is that right?"],
      ["correct", "What must the staff know to help?"],
    ]);
    expect(call.facts.get("callback_number")).toBe("+15551234568");
    play(call, [["that's all", "For the message I have: I have a question about my bill. Is that right?"]]);
  });

  test("a withheld number is asked for", () => {
    const call = new Rehearsal(afterHours, { from: "withheld" });
    play(call, [
      ["My sink is clogged, no rush", "May I have your name?"],
      ["Ada", "What is the best number to reach you?"],
      ["hm", "Sorry, I did not get that. What is the best number to reach you?"],
      ["well", /best number/u],
    ]);
  });

  test("what was said unasked is not asked again", () => {
    const call = new Rehearsal(afterHours);
    play(call, [
      ["Hello, this is Ada Lovelace, my tap drips, it is not urgent", "Thank you, Ada Lovelace. May we use the number"],
    ]);
    expect(Object.fromEntries(call.facts)).toMatchObject({ urgency: "can-wait", caller_name: "Ada Lovelace" });
  });

  test.each([
    ["I want to speak to a real person", "human"],
    ["can you put me through to someone please", "human"],
    ["there is a fire in the house", "emergency"],
    ["I think somebody is hurt", "emergency"],
  ])("%s: handed over at once", (words, destination) => {
    const call = new Rehearsal(afterHours);
    expect(call.turn(words)).toBe("");
    expect(given(call, "transfer_call")).toMatchObject({ destination });
    expect(call.step).toBe("human");
  });

  test.each([
    "There is water leaking, it is urgent",
    "I have no heating and it is winter",
    "I am locked out of my flat",
  ])("%s: urgent", (words) => {
    const call = new Rehearsal(afterHours);
    call.turn(words);
    expect(call.facts.get("urgency")).toBe("urgent");
    expect(call.step).toBe("human");
  });

  test("who asks back is asked again", () => {
    const call = new Rehearsal(afterHours);
    play(call, [
      ...upToBooking.slice(0, 3),
      ["Can you hear me?", "Sorry, I did not get that. What must the staff know to help?"],
    ]);
  });

  test("who is not understood twice is offered a person", () => {
    const call = new Rehearsal(afterHours);
    play(call, [
      ["My tap drips, no rush", "May I have your name?"],
      ["one two three four five six seven", "Sorry, I did not get that. May I have your name?"],
      ["what is it with you people today then", "Sorry, I did not get that. May I have your name?"],
      ["blue is the colour of my old wooden boat", "Shall I connect you to a person?"],
      ["yes please", ""],
    ]);
    expect(call.step).toBe("human");
  });
});

describe("lead qualifier", () => {
  test("a good fit is qualified, gets a meeting, and contact, deal and note are kept", () => {
    const call = new Rehearsal(leadQualifier, { tools: openCalendar });
    play(call, [
      ["We are losing calls at night and want to fix that", "How many people work there?"],
      ["we are thirty people", "Is money set aside?"],
      ["that is still being worked out", "When do you want to start?"],
      ["as soon as possible", "May I have your name?"],
      ["this is Ada Lovelace from Analytical Engines", "What is your e-mail address?"],
      ["a d a dot l at example dot com", "For the email I have: ada dot l at example dot com. Is that right?"],
      ["no, ada at example dot org", "For the email I have: ada at example dot org. Is that right?"],
      ["yes", "May we use the number you are calling from?"],
      ["sure", `I have ${first?.spoken}`],
      ["Thursday at two", `For the meeting start I have: ${thursday?.spoken}. Is that right?`],
      ["perfect", `It is booked: ${thursday?.spoken}.`],
    ]);
    expect(Object.fromEntries(call.facts)).toEqual({
      need: "We are losing calls at night and want to fix that",
      company_size: "11-50",
      budget: "planned",
      timeline: "now",
      caller_name: "Ada Lovelace",
      company: "Analytical Engines",
      email: "ada@example.org",
      phone: "+15557770001",
      is_good_fit: true,
      meeting_start: thursday?.start,
    });
    expect(used(call)).toEqual([
      "save_lead",
      "find_slots",
      "book_meeting",
      "save_meeting_deal",
      "save_note",
      "end_call",
    ]);
    expect(given(call, "save_lead")).toMatchObject({
      email: "ada@example.org",
      company_size: "11-50",
      budget: "planned",
    });
    expect(call.said.join(" ")).not.toMatch(/good fit|qualif/u);
  });

  test("who is only looking and has no budget is thanked and kept as an enquiry", () => {
    const call = new Rehearsal(leadQualifier, { tools: openCalendar });
    play(call, [
      ["just curious what you do", "How many people work there?"],
      ["just me", "Is money set aside?"],
      ["no", "May I have your name?"],
      ["Bob Smith", "Which company are you with?"],
      ["Smith Consulting", "Smith Consulting, thank you. What is your e-mail address?"],
      ["bob@example.com", "For the email I have: bob at example dot com. Is that right?"],
      ["yes", "May we use the number you are calling from?"],
      ["yes", "Goodbye, Bob."],
    ]);
    expect(call.facts.get("is_good_fit")).toBe(false);
    expect(used(call)).toEqual(["save_lead", "save_enquiry_deal", "save_note", "end_call"]);
  });
});

describe("repair", () => {
  const forced = (name: string, text: string) => ({
    forced: { 1: { say: "", toolCalls: [{ name, arguments: text }] } },
  });
  test.each([
    ["arguments that are no JSON", "record_answers", '{"caller_name": '],
    ["a field that does not exist", "record_answers", '{"shoe_size": "44"}'],
    ["a tool that does not exist", "book_flight", "{}"],
  ])("%s: the next completion does it right", (_, name, text) => {
    const call = new Rehearsal(afterHours, forced(name, text));
    play(call, [["My tap drips, it can wait", /.*/u]]);
    expect(call.step).toBe("take_message");
    play(call, [["Ada Lovelace", "May we use the number you are calling from?"]]);
    expect(call.facts.get("caller_name")).toBe("Ada Lovelace");
  });

  test("a value that is refused is asked for again, not sent again", () => {
    const call = new Rehearsal(leadQualifier, {
      forced: { 4: { say: "", toolCalls: [{ name: "record_answers", arguments: '{"caller_name": ""}' }] } },
    });
    play(call, [
      ["We need more leads within a year", /people/u],
      ["ten", "Is money set aside?"],
      ["approved", "May I have your name?"],
      ["Ada Lovelace", "Which company are you with?"],
    ]);
    expect(call.facts.get("caller_name")).toBe("Ada Lovelace");
  });
});

describe("what is known but not confirmed", () => {
  const ask = (agentText: string, callerText: string) => {
    const message = { text: "", toolCalls: [], toolCallId: null };
    const system =
      '# Step `check`\nCheck.\n\n# To find out\n- `need` (text, needed): What they need.\n\n# Known\n- `phone` = "+15551234567" (not confirmed)';
    const properties = { need: { type: "string" }, phone: { type: "string", description: "Number." } };
    return answerOf({
      model: "gpt-4.1",
      messages: [
        { ...message, role: "system", text: system },
        { ...message, role: "assistant", text: agentText },
        { ...message, role: "user", text: callerText },
      ],
      tools: [{ name: "record_answers", description: "", parameters: { type: "object", properties } }],
      mostTokens: null,
      isStream: true,
      wantsUsage: false,
    });
  };
  const readBack = "For the phone I have: 555 123 4567. Is that right?";

  test("is read back", () =>
    expect(ask("Hello.", "I need a plumber")).toMatchObject({ say: `All right. ${readBack}` }));

  test("is recorded again after a yes, also where the question was cut off", () => {
    for (const heard of [readBack, readBack.slice(0, 34)])
      expect(ask(heard, "yes").toolCalls).toEqual([{ name: "record_answers", arguments: '{"phone":"+15551234567"}' }]);
  });

  test("is asked for after a no, and another value is read back", () => {
    expect(ask(readBack, "no")).toEqual({ say: "All right. What is the best number to reach you?", toolCalls: [] });
    expect(ask(readBack, "no, 555 123 9999").say).toBe("For the phone I have: 555 123 9999. Is that right?");
  });
});

test("the same conversation is answered the same way", () => {
  const once = () => {
    const call = new Rehearsal(afterHours, { tools: openCalendar });
    for (const [caller] of upToBooking) call.turn(caller);
    return [call.said, call.used];
  };
  expect(once()).toEqual(once());
});

test("what is said is plain letters only", () => {
  const call = new Rehearsal(afterHours);
  play(call, [["Ich heiße – ähm – it’s about the “Müller” bill, no rush", "May I have your name?"]]);
  play(call, [["My name is José Núñez", "Thank you, Jose Nunez."]]);
  expect(call.said.join("")).toMatch(/^[\x20-\x7e]*$/u);
});
