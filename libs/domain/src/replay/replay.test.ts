import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chosenSessions,
  comparedSession,
  defaultReplay,
  differencesOf,
  partsAt,
  recordedAnswer,
  type ReplayedTool,
  type ReplayRun,
  restoredText,
  standInsOf,
  summedReplay,
  wordsOf,
} from "./index.ts";

const tool: fc.Arbitrary<ReplayedTool> = fc.record({
  tool: fc.constantFrom("find_slots", "book", "save_contact"),
  arguments: fc.dictionary(fc.constantFrom("start", "name", "days"), fc.constantFrom("nine", "ten", 3, true), {
    maxKeys: 3,
  }),
  outcome: fc.constantFrom("success", "empty", "failure"),
  isRecorded: fc.boolean(),
});
const run: fc.Arbitrary<ReplayRun> = fc.record({
  bundleHash: fc.constant("h"),
  disposition: fc.constantFrom("booked", "handled", "transferred"),
  handedOffTo: fc.constantFrom(null, "human" as const),
  language: fc.constantFrom("en-US", "de-DE"),
  objectives: fc.array(fc.constantFrom("greet", "book", "bye"), { maxLength: 4 }),
  turns: fc.array(
    fc.record({
      turn: fc.nat(9),
      said: fc.string(),
      answer: fc.string(),
      objective: fc.constantFrom("greet", "book", "bye"),
      tools: fc.array(tool, { maxLength: 2 }),
    }),
    { maxLength: 4 },
  ),
  trouble: fc.constantFrom(null, "no model answered"),
});
const counted = (each: ReplayRun): ReplayRun => ({
  ...each,
  turns: each.turns.map((turn, index) => ({ ...turn, turn: index })),
});
/** The same run in other words, with its tools asked for again, and written otherwise. */
const reworded = (each: ReplayRun): ReplayRun => ({
  ...each,
  bundleHash: "other",
  objectives: [...each.objectives].toReversed(),
  turns: each.turns.map((turn) => ({
    ...turn,
    answer: `${turn.answer} indeed`,
    tools: [...turn.tools, ...turn.tools].map((one) => ({
      ...one,
      arguments: Object.fromEntries(
        Object.entries(one.arguments)
          .toReversed()
          .map(([name, value]) => [name, typeof value === "string" ? ` ${value.toUpperCase()}. ` : value]),
      ),
    })),
  })),
});

describe("differences", () => {
  test("are symmetric, and there are none between a run and itself or the same in other words", () => {
    fc.assert(
      fc.property(run, run, (one, other) => {
        const [there, back] = [differencesOf(one, other), differencesOf(other, one)];
        expect(back).toEqual(there.map(({ aspect, before, after }) => ({ aspect, before: after, after: before })));
        expect(partsAt(counted(one), counted(other))).toBe(partsAt(counted(other), counted(one)));
        expect(differencesOf(one, one)).toEqual([]);
        expect(differencesOf(one, reworded(one))).toEqual([]);
        expect(partsAt(one, reworded(one))).toBeNull();
      }),
    );
  });

  test("tell names of arguments and never their values", () => {
    const used = (start: string): ReplayRun => ({
      ...plain,
      turns: [
        {
          turn: 1,
          said: "",
          answer: "",
          objective: "book",
          tools: [{ tool: "book", arguments: { start, name: "Secret Person" }, outcome: "success", isRecorded: true }],
        },
      ],
    });
    const [found] = differencesOf(used("nine"), used("ten"));
    expect(found).toEqual({
      aspect: "tools",
      before: "book(name, start≠): success",
      after: "book(name, start≠): success",
    });
    const text = JSON.stringify(
      comparedSession(
        { sessionId: "s", disposition: "booked" },
        { before: used("nine"), again: used("nine"), after: used("ten") },
      ),
    );
    expect(text).not.toMatch(/Secret|nine|ten"/);
  });
});

const plain: ReplayRun = {
  bundleHash: "h",
  disposition: "handled",
  handedOffTo: null,
  language: "en-US",
  objectives: ["greet"],
  turns: [],
  trouble: null,
};
const candidate = { sessionId: "s1", disposition: "handled" };
const booked: ReplayRun = { ...plain, disposition: "booked" };
const unrecorded: ReplayRun = {
  ...plain,
  turns: [
    {
      turn: 1,
      said: "",
      answer: "",
      objective: "greet",
      tools: [{ tool: "book", arguments: {}, outcome: "failure", isRecorded: false }],
    },
  ],
};

describe("a session", () => {
  test.each([
    ["same", plain, plain, plain],
    ["differs", plain, plain, booked],
    ["same", plain, booked, booked],
    ["differs", plain, booked, { ...plain, handedOffTo: "human" as const }],
    ["not-recorded", unrecorded, plain, booked],
    ["differs", plain, plain, unrecorded],
    ["failed", { ...plain, trouble: "no model answered" }, plain, booked],
    ["differs", plain, plain, { ...plain, trouble: "no model answered" }],
  ] as const)("is %s", (verdict, before, again, after) => {
    const compared = comparedSession(candidate, { before, again, after });
    expect(compared).toMatchObject({ verdict, isUnsteady: differencesOf(before, again).length > 0 });
    expect(compared.differences.length > 0).toBe(verdict === "differs");
  });

  test("keeps words side by side, bounded", () => {
    const long: ReplayRun = {
      ...plain,
      turns: Array.from({ length: 90 }, (_, turn) => ({
        turn,
        said: "x".repeat(900),
        answer: "y".repeat(900),
        objective: "greet",
        tools: [],
      })),
    };
    expect(JSON.stringify(wordsOf({ before: long, again: long, after: long })).length).toBeLessThan(60_000);
  });
});

describe("a report", () => {
  const of = (...runs: readonly ReplayRun[]) =>
    runs.map((after) => comparedSession(candidate, { before: plain, again: plain, after }));
  const sums = (chosen: number, comparisons: ReturnType<typeof of>) =>
    summedReplay({ before: "a", after: "b", chosen, comparisons }, { ...defaultReplay, maxDifferingShare: 0.25 });

  test("holds the share of compared sessions against the policy", () => {
    expect(sums(4, of(plain, plain, plain, booked))).toMatchObject({
      verdict: "same",
      differingShare: 0.25,
      compared: 4,
    });
    expect(sums(3, of(plain, plain, booked))).toMatchObject({
      verdict: "differs",
      differing: 1,
      detail: expect.stringMatching(/^1 of 3 sessions ends differently, /),
    });
    expect(sums(0, [])).toMatchObject({ verdict: "nothing" });
  });

  test("none that could be compared is no pass", () => {
    expect(sums(3, [])).toMatchObject({ verdict: "differs", notRun: 3, detail: expect.stringContaining("none of 3") });
    expect(sums(1, [comparedSession(candidate, { before: unrecorded, again: plain, after: plain })])).toMatchObject({
      verdict: "differs",
      notRecorded: 1,
      detail: expect.stringMatching(/^none of 1 session could be compared/),
    });
  });
});

test("sessions are chosen in turns of each outcome, newest first", () => {
  const all = ["handled", "handled", "handled", "booked", "handled", "transferred"].map((disposition, index) => ({
    sessionId: `s${index}`,
    disposition,
  }));
  expect(chosenSessions(all, 4).map(({ sessionId }) => sessionId)).toEqual(["s0", "s3", "s5", "s1"]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "c")), fc.nat(12), (kinds, most) => {
      const chosen = chosenSessions(
        kinds.map((disposition, index) => ({ sessionId: String(index), disposition })),
        most,
      );
      expect(new Set(chosen).size).toBe(Math.min(most, kinds.length));
    }),
  );
});

test("stand-ins read like what was said and are the same each time", () => {
  const text = "My name is [name], call me at [phone] or write to [email]";
  const restored = restoredText(text, standInsOf("session-1"));
  expect(restored).toBe(restoredText(text, standInsOf("session-1")));
  expect(restored).not.toContain("[");
  expect(new Set(Array.from({ length: 50 }, (_, index) => standInsOf(`s${index}`).name)).size).toBeGreaterThan(5);
});

test("a recorded answer is found by equivalent arguments; what was taken out stands for any value", () => {
  const reply = (id: string) => ({ event_id: id });
  const recorded = [
    {
      tool: "book",
      arguments: { start: "2026-12-01T09:00", name: "[name]" },
      outcome: "success" as const,
      reply: reply("1"),
    },
    {
      tool: "book",
      arguments: { start: "2026-12-01T09:00", name: "[name]" },
      outcome: "failure" as const,
      reply: reply("2"),
    },
  ];
  const ask = { name: "Alex Carter", start: "2026-12-01T09:00 " };
  expect([0, 1, 5].map((asked) => recordedAnswer(recorded, "book", ask, asked)?.reply)).toEqual([
    reply("1"),
    reply("2"),
    reply("2"),
  ]);
  expect(recordedAnswer(recorded, "book", { ...ask, start: "2026-12-01T10:00" }, 0)).toBeNull();
  expect(recordedAnswer(recorded, "book", { start: ask.start }, 0)).toBeNull();
  expect(recordedAnswer(recorded, "move", ask, 0)).toBeNull();
});
