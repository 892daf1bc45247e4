import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Conversation, Tool } from "../manifest/index.ts";
import type { FactValue } from "./answer.ts";
import { collectAnswer, openFields, unconfirmedFields } from "./collect.ts";
import { linesFor } from "./lines.ts";
import {
  currentVisit,
  factOf,
  type Progress,
  startProgress,
  type ToolOutcome,
  withResult,
  withVisit,
} from "./progress.ts";
import { applyReply, nextQuestion } from "./question.ts";
import { applyRecord, recordSchema } from "./record-answers.ts";
import type { Script } from "./script.ts";
import { advance } from "./transition.ts";

const field = (name: string, type: string, confirm = "none", extra: object = {}): object => ({
  name,
  type,
  description: `${name} of {{call.from}}`,
  confirm,
  required: true,
  personal: false,
  ...extra,
});
const tool = (name: string, operation: string): object => ({
  name,
  description: name,
  operation,
  arguments: {},
  settings: {},
  acknowledgement: "",
  timeoutMs: 5000,
});

/** Every kind of condition, a loop back, and steps with nothing to find out. */
const script: Script = {
  conversation: Conversation.parse({
    persona: "",
    greeting: "",
    start: "who",
    limits: { maxCallMinutes: 5, inactivitySeconds: 30 },
    fields: [
      field("name", "text", "implicit"),
      field("phone", "phone-number", "explicit"),
      field("kind", "choice", "none", { choices: ["new", "old", "spam"] }),
      field("slot", "date-time", "explicit", { required: false }),
    ],
    objectives: [
      {
        name: "who",
        instruction: "",
        collect: ["name", "phone"],
        tools: [],
        next: [{ when: { is: "collected", fields: ["name", "phone"] }, to: "sort" }],
      },
      {
        name: "sort",
        instruction: "",
        collect: ["kind"],
        tools: [],
        next: [
          { when: { is: "equals", field: "kind", value: "spam" }, to: "end" },
          { when: { is: "equals", field: "kind", value: "old" }, to: "human" },
          { when: { is: "collected", fields: ["kind"] }, to: "book" },
        ],
      },
      {
        name: "book",
        instruction: "",
        collect: ["slot"],
        tools: ["find", "book_it"],
        next: [
          { when: { is: "tool-result", tool: "book_it", outcome: "success" }, to: "save" },
          { when: { is: "tool-result", tool: "book_it", outcome: "failure" }, to: "again" },
        ],
      },
      { name: "again", instruction: "", collect: [], tools: [], next: [{ when: { is: "always" }, to: "book" }] },
      { name: "save", instruction: "", collect: [], tools: ["save_it"], next: [{ when: { is: "always" }, to: "bye" }] },
      { name: "bye", instruction: "", collect: [], tools: ["hang_up"], next: [{ when: { is: "always" }, to: "end" }] },
    ],
  }),
  tools: [
    tool("find", "calendar.find-slots"),
    tool("book_it", "calendar.book"),
    tool("save_it", "crm.upsert-contact"),
    tool("hang_up", "call.hang-up"),
  ].map((one) => Tool.parse(one)),
};
const call = { callingCode: "1", from: "+15550100199", today: "2026-01-05", told: [] };
const start = (): Progress => startProgress(script.conversation, []);
const said = (progress: Progress, answers: Readonly<Record<string, FactValue>>, callerText = "well"): Progress =>
  Object.entries(answers).reduce((now, [name, value]) => {
    const found = script.conversation.fields.find((one) => one.name === name)!;
    return collectAnswer(script, now, { field: found, value, callerText });
  }, progress);
const path = (progress: Progress): string[] => progress.visits.map(({ objective }) => objective);
const ran = (progress: Progress, tool: string, outcome: ToolOutcome, used = {}): Progress =>
  withResult(progress, currentVisit(progress).objective, { tool, outcome, used });

describe("the way through a conversation", () => {
  it("waits for the yes to what is read back", () => {
    const told = advance(script, said(start(), { name: "Anna", phone: "+15550100199" }, "Anna, 555 010 0199"));
    expect(path(told)).toEqual(["who"]);
    expect(unconfirmedFields(script, told).map(({ name }) => name)).toEqual(["phone"]);
    const confirmed = advance(script, said(told, { phone: "+15550100199" }, "yes"));
    expect(path(confirmed)).toEqual(["who", "sort"]);
  });

  it("takes a yes to a number that we named, and no yes together with a new one", () => {
    const phone = (progress: Progress): boolean | undefined => factOf(progress, "phone")?.isConfirmed;
    expect(phone(said(start(), { phone: "+15550100199" }, "Yes please"))).toBe(true);
    expect(phone(said(start(), { phone: "+15550100199" }, "Yes, it is 555 010 0199"))).toBe(false);
    expect(phone(said(start(), { phone: "+15550100199" }, "No"))).toBe(false);
  });

  it("ends, goes to a person, or goes on as the answer says", () => {
    const known = { name: "Anna", phone: "+15550100199" };
    const of = (kind: string): Progress => advance(script, said(start(), { ...known, kind }, "yes"));
    expect(of("spam").ending).toBe("end");
    expect(of("old").ending).toBe("human");
    expect(path(of("new"))).toEqual(["who", "sort", "book"]);
  });

  it("carries a step without questions out when its tools were used, or when it was answered", () => {
    const booking = advance(script, said(start(), { name: "Anna", phone: "+15550100199", kind: "new" }, "yes"));
    const failed = advance(script, ran(booking, "book_it", "failure"));
    expect(path(failed).at(-1)).toBe("again");
    const answered = advance(script, withVisit(failed, { isAnswered: true }));
    expect(path(answered).at(-1), "an old failure does not count in a new visit").toBe("book");
    const booked = advance(script, ran(answered, "book_it", "success"));
    expect(path(booked).at(-1)).toBe("save");
    expect(
      path(advance(script, ran(booked, "save_it", "failure"))).at(-1),
      "tried is enough: the caller is not kept waiting",
    ).toBe("bye");
    expect(
      advance(script, withVisit(advance(script, ran(booked, "save_it", "success")), { isAnswered: true })).ending,
    ).toBeNull();
  });

  it("ends where steps lead to each other in a circle", () => {
    const { conversation } = script;
    const [who] = conversation.objectives;
    const circle = (name: string, to: string): object => ({
      ...who,
      name,
      next: [{ when: { is: "collected", fields: ["name"] }, to }],
    });
    const round: Script = {
      ...script,
      conversation: Conversation.parse({
        ...conversation,
        objectives: [circle("who", "b"), circle("b", "c"), circle("c", "who")],
      }),
    };
    expect(path(advance(round, said(start(), { name: "Anna" })))).toEqual(["who", "b", "c"]);
  });

  it("goes back behind a correction, and forward over what still holds", () => {
    const booking = advance(script, said(start(), { name: "Anna", phone: "+15550100199", kind: "new" }, "yes"));
    const booked = advance(script, ran(booking, "book_it", "success", { start: "ten", phone: "+15550100199" }));
    const saved = advance(script, ran(booked, "save_it", "success", { phone: "+15550100199" }));
    expect(path(saved).at(-1)).toBe("bye");
    const corrected = said(saved, { phone: "+15550100777" }, "no, 555 010 0777");
    expect(path(corrected)).toEqual(["who"]);
    const confirmed = advance(script, said(corrected, { phone: "+15550100777" }, "yes"));
    expect(path(confirmed), "the booking stands, the contact is kept anew").toEqual(["who", "sort", "book", "save"]);
  });

  it("forgets the old way when a correction leads another one", () => {
    const booking = advance(script, said(start(), { name: "Anna", phone: "+15550100199", kind: "new" }, "yes"));
    const other = advance(script, said(booking, { kind: "old" }));
    expect([path(other), other.ending]).toEqual([["who", "sort"], "human"]);
  });
});

describe("what a model records", () => {
  const context = { callerText: "well", call };

  it("is taken field by field, and told back where it is not", () => {
    const reading = applyRecord(
      script,
      start(),
      JSON.stringify({ name: "Anna", phone: "12", kind: "new", other: 1 }),
      context,
    );
    expect(reading.accepted).toEqual(["name"]);
    expect(reading.rejected.map(({ field }) => field)).toEqual(["phone", "kind", "other"]);
    expect(reading.isMalformed).toBe(true);
  });

  it("may leave out or null what is not known", () => {
    const reading = applyRecord(script, start(), '{"name":null}', context);
    expect([reading.accepted, reading.rejected, reading.isMalformed]).toEqual([[], [], false]);
  });

  it("has a schema of the step and of what is known, and of nothing else", () => {
    const facts = { "call.from": "+15550100199", "call.localDate": "", "call.localTime": "", "call.isOpen": "no" };
    const properties = (progress: Progress): string[] =>
      Object.keys((recordSchema(script, progress, facts)?.["properties"] ?? {}) as object);
    expect(properties(start())).toEqual(["name", "phone"]);
    const sorting = advance(script, said(start(), { name: "Anna", phone: "+15550100199" }, "yes"));
    expect(properties(sorting)).toEqual(["kind", "name", "phone"]);
    expect(recordSchema(script, sorting, facts)).toMatchObject({
      properties: { kind: { type: "string", enum: ["new", "old", "spam"], description: "kind of +15550100199" } },
      additionalProperties: false,
    });
  });

  it("never breaks anything, whatever it is", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc
        .dictionary(fc.constantFrom("name", "phone", "kind", "slot", "__proto__"), fc.jsonValue())
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const reading = applyRecord(script, start(), text, context);
        const known = reading.progress.facts.map(({ field }) => field);
        expect(["name", "phone"]).toEqual(expect.arrayContaining(known));
        expect(reading.accepted.length).toBe(known.length);
      }),
    );
  });
});

describe("questions of our own", () => {
  const lines = linesFor("en-US");

  it("come one after the other until the step is done, without a model", () => {
    let now = start();
    const heard: string[] = [];
    for (const text of ["Anna Smith", "555 010 0199", "no, 555 010 0777", "yes", "new"]) {
      const question = nextQuestion(script, now, { lines, offers: [] })!;
      heard.push(question.text);
      now = advance(script, applyReply(script, now, question, { text, call }) ?? now);
    }
    expect(heard).toEqual([
      "Could you tell me the name, please?",
      "What is the phone? Please say it digit by digit, with the area code.",
      "For the phone I have: 1, 5 5 5, 0 1 0, 0 1 9 9. Is that right?",
      "For the phone I have: 1, 5 5 5, 0 1 0, 0 7 7 7. Is that right?",
      "What is the kind: new, old or spam?",
    ]);
    expect(path(now)).toEqual(["who", "sort", "book"]);
    expect(
      nextQuestion(script, now, { lines, offers: [{ start: "2026-01-06T10:00:00.000Z", spoken: "tomorrow at ten" }] })
        ?.text,
    ).toBe("I can offer tomorrow at ten. Which one suits you?");
  });

  it("forget an answer that was denied, and take no yes for a text", () => {
    const known = said(start(), { name: "Anna", phone: "+15550100199" });
    const question = nextQuestion(script, known, { lines, offers: [] })!;
    const denied = applyReply(script, known, question, { text: "no", call })!;
    expect(openFields(script, denied).map(({ name }) => name)).toEqual(["phone"]);
    const asked = nextQuestion(script, start(), { lines, offers: [] })!;
    expect(applyReply(script, start(), asked, { text: "yes", call })).toBeNull();
  });
});

describe("whatever is said and done, in any order", () => {
  type Deed = (progress: Progress) => Progress;
  const answer = fc
    .tuple(
      fc.oneof(
        fc.tuple(fc.constant("name"), fc.constantFrom("Anna", "Bob")),
        fc.tuple(fc.constant("phone"), fc.constantFrom("+15550100199", "+15550100777")),
        fc.tuple(fc.constant("kind"), fc.constantFrom("new", "old", "spam")),
        fc.tuple(fc.constant("slot"), fc.constantFrom("2026-01-06T10:00", "2026-01-07T11:00")),
      ),
      fc.constantFrom("yes", "no", "well"),
    )
    .map(
      ([[name, value], text]): Deed =>
        (progress) =>
          said(progress, { [name]: value }, text),
    );
  const result = fc
    .tuple(
      fc.constantFrom("find", "book_it", "save_it"),
      fc.constantFrom<ToolOutcome>("success", "empty", "failure"),
      fc.constantFrom({}, { phone: "+15550100199" }, { start: "2026-01-06T10:00" }),
    )
    .map(
      ([tool, outcome, used]): Deed =>
        (progress) =>
          ran(progress, tool, outcome, used),
    );
  const spoken = fc.boolean().map(
    (isAnswered): Deed =>
      (progress) =>
        withVisit(progress, { isAnswered }),
  );

  it("facts never contradict, the way is one that the conversation allows, and every advance ends", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(answer, result, spoken), { maxLength: 30 }), (deeds) => {
        let now = start();
        for (const deed of deeds) {
          now = advance(script, deed({ ...now, ending: null }));
          const names = now.facts.map(({ field }) => field);
          expect(new Set(names).size).toBe(names.length);
          expect(path(now)[0]).toBe("who");
          path(now).forEach((objective, index) => {
            if (index === 0) return;
            const before = script.conversation.objectives.find(({ name }) => name === path(now)[index - 1]);
            expect(before?.next.map(({ to }) => to)).toContain(objective);
          });
          if (path(now).length > 1) expect(factOf(now, "phone")?.isConfirmed).toBe(true);
          if (path(now).includes("book") || now.ending !== null) expect(factOf(now, "kind")).toBeDefined();
          expect(advance(script, now), "nothing is left undone").toEqual(now);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("the last value said is the one that is known", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("+15550100199", "+15550100777", "+15550100888"), { minLength: 1, maxLength: 10 }),
        (values) => {
          const now = values.reduce((progress, value) => advance(script, said(progress, { phone: value })), start());
          expect(factOf(now, "phone")).toEqual({ field: "phone", value: values.at(-1), isConfirmed: false });
        },
      ),
    );
  });
});
