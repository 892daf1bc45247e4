import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutboundCalls, Schedule, WeeklyHours } from "../manifest/index.ts";
import type { ReleaseBundle } from "../release/index.ts";
import { callingSchedule, permittedFrom } from "./calling-time.ts";
import { decideOutbound, type OutboundSituation } from "./decide-outbound.ts";
import { readLead } from "./lead-facts.ts";
import { type CarriedCall, outcomeOf, OutboundState, OutboundWish } from "./outbound-call.ts";

/** The engine's own calendar arithmetic: shares no code with ours. */
interface Zoned {
  readonly hour: number;
  readonly minute: number;
  readonly dayOfWeek: number;
  toPlainDate(): { toString(): string };
}
declare const Temporal: {
  Instant: { fromEpochMilliseconds(epochMs: number): { toZonedDateTimeISO(zone: string): Zoned } };
};
const local = (epochMs: number, zone: string): Zoned =>
  Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const hours = (from: string, to: string, days: readonly string[] = names.slice(0, 5)): WeeklyHours =>
  Object.fromEntries(names.map((day) => [day, days.includes(day) ? [{ from, to }] : []])) as unknown as WeeklyHours;

const outbound = (change: Partial<OutboundCalls> = {}): OutboundCalls => ({
  callingHours: hours("09:00", "18:00"),
  consentMaxAgeDays: 3,
  maxAttempts: 1,
  ringSeconds: 25,
  countries: ["+1"],
  lead: { name: "caller_name", phone: "phone", email: "email", need: "need", size: "size" },
  disclosure: { text: "Hello, this is an assistant." },
  ...change,
});

const schedule = (change: Partial<Schedule> = {}): Schedule => ({
  timeZone: "America/New_York",
  weekly: hours("00:00", "24:00", names),
  holidays: [],
  overrides: [],
  ...change,
});

const field = (name: string, type: string, rest: object = {}) => ({ name, type, description: "", ...rest });

const bundleWith = (calls: OutboundCalls | undefined, business = schedule(), kind = "tandem"): ReleaseBundle =>
  ({
    deployment: { number: "+15550100000" },
    agent: { kind },
    answer: { schedule: business, whenOpen: { do: "agent" }, whenClosed: { do: "agent" } },
    fallbackNumber: "+15550100001",
    humanPath: { number: "+15550100002" },
    emergency: { number: "+15550100003" },
    policies: { minutesPerCallerPerDay: 60 },
    conversation: {
      fields: [
        field("caller_name", "text"),
        field("phone", "phone-number"),
        field("email", "email"),
        field("need", "text"),
        field("size", "choice", { choices: ["small", "large"] }),
      ],
    },
    ...(calls === undefined ? {} : { outbound: calls }),
  }) as unknown as ReleaseBundle;

// A Wednesday, 11:00 in New York.
const NOW = Date.parse("2026-11-25T16:00:00Z");

const situation = (change: Partial<OutboundSituation> = {}): OutboundSituation => ({
  wish: { to: "+15550190001", timeZone: null, consent: { givenAt: new Date(NOW - DAY_MS).toISOString() } },
  isSuspended: false,
  isAttached: true,
  isDiverted: false,
  bundle: bundleWith(outbound()),
  nowMs: NOW,
  secondsUsed: 0,
  hasAttempt: false,
  isPending: false,
  ...change,
});

const wish = (change: Partial<OutboundSituation["wish"]>) => ({ wish: { ...situation().wish, ...change } });
const consentOf = (ageMs: number) => wish({ consent: { givenAt: new Date(NOW - ageMs).toISOString() } });

describe("whether a lead may be called", () => {
  it("calls at once within hours", () => {
    expect(decideOutbound(situation())).toMatchObject({ kind: "call", atMs: NOW, expiresAtMs: NOW + 2 * DAY_MS });
  });

  it.each<[string, Partial<OutboundSituation>]>([
    ["tenant-suspended", { isSuspended: true }],
    ["not-attached", { isAttached: false }],
    ["not-attached", { bundle: null }],
    ["diverted", { isDiverted: true }],
    ["no-outbound", { bundle: bundleWith(undefined) }],
    ["agent-cannot-call", { bundle: bundleWith(outbound(), schedule(), "retell-llm") }],
    ["country-not-allowed", wish({ to: "+4930123456" })],
    ["own-number", wish({ to: "+15550100000" })],
    ["own-number", wish({ to: "+15550100003" })],
    ["consent-in-future", consentOf(-2 * MINUTE_MS)],
    ["consent-too-old", consentOf(3 * DAY_MS)],
    ["no-calling-hours", { bundle: bundleWith(outbound({ callingHours: hours("09:00", "10:00", []) })) }],
    // The hours begin on Saturday; by then the consent of three days is over.
    [
      "no-calling-hours",
      {
        ...consentOf(2.5 * DAY_MS),
        bundle: bundleWith(outbound({ callingHours: hours("09:00", "10:00", ["saturday"]) })),
      },
    ],
    ["attempt-used", { hasAttempt: true }],
    ["call-pending", { isPending: true }],
    ["minutes-used-up", { secondsUsed: 3600 }],
  ])("refuses: %s", (reason, change) => {
    expect(decideOutbound(situation(change))).toEqual({ kind: "refused", reason });
  });

  it("accepts consent to the last millisecond and from a clock that is a little ahead", () => {
    expect(decideOutbound(situation(consentOf(3 * DAY_MS - 1))).kind).toBe("call");
    expect(decideOutbound(situation(consentOf(-MINUTE_MS))).kind).toBe("call");
    expect(decideOutbound(situation({ secondsUsed: 3599 })).kind).toBe("call");
  });
});

describe("when a lead may be called", () => {
  const at = (instant: string, zone: string | null = null, business = schedule()) => {
    const next = permittedFrom(callingSchedule(outbound(), business, zone), Date.parse(instant));
    return next === null ? null : new Date(next).toISOString();
  };

  it.each([
    ["within hours", "2026-11-25T16:00:00Z", null, "2026-11-25T16:00:00.000Z"],
    ["before them", "2026-11-25T12:00:00Z", null, "2026-11-25T14:00:00.000Z"],
    ["at their last minute's end", "2026-11-25T23:00:00Z", null, "2026-11-26T14:00:00.000Z"],
    ["over a weekend", "2026-11-28T12:00:00Z", null, "2026-11-30T14:00:00.000Z"],
    ["on the lead's own clock", "2026-11-25T14:00:00Z", "America/Los_Angeles", "2026-11-25T17:00:00.000Z"],
    // Clocks went forward on Sunday 8 March, back on Sunday 1 November 2026.
    ["the Monday after the spring change", "2026-03-06T23:30:00Z", null, "2026-03-09T13:00:00.000Z"],
    ["the Monday after the autumn change", "2026-10-30T22:30:00Z", null, "2026-11-02T14:00:00.000Z"],
  ])("%s", (_what, now, zone, expected) => expect(at(now, zone)).toBe(expected));

  it("never on a holiday or in a closed exception; an open exception opens nothing", () => {
    const business = schedule({
      holidays: [{ date: "2026-11-26", name: "Thanksgiving" }],
      overrides: [
        { from: "2026-11-27T00:00", to: "2026-11-27T15:00", open: false, note: "inventory" },
        { from: "2026-11-25T18:00", to: "2026-11-25T23:00", open: true, note: "late" },
      ],
    });
    expect(at("2026-11-25T23:30:00Z", null, business)).toBe("2026-11-27T20:00:00.000Z");
  });

  const zones = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"];
  const anywhere = fc.integer({ min: Date.parse("2011-12-01T00:00:00Z"), max: Date.parse("2031-01-01T00:00:00Z") });

  it("answers the first permitted minute, judged by another calendar, across every change of clocks", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), anywhere, (zone, nowMs) => {
        const isPermitted = (epochMs: number): boolean => {
          const { hour, dayOfWeek } = local(epochMs, zone);
          return dayOfWeek <= 5 && hour >= 9 && hour < 18;
        };
        const next = permittedFrom(callingSchedule(outbound(), schedule(), zone), nowMs);
        expect(next).not.toBeNull();
        expect(next).toBeGreaterThanOrEqual(nowMs);
        expect(isPermitted(next!)).toBe(true);
        for (let earlier = nowMs; earlier < next!; earlier += 7 * MINUTE_MS) expect(isPermitted(earlier)).toBe(false);
        if (next! > nowMs) expect(isPermitted(next! - 1)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it("never calls outside hours, without consent in force, or twice", () => {
    const facts = fc.record({
      nowMs: anywhere,
      ageMs: fc.integer({ min: -DAY_MS, max: 6 * DAY_MS }),
      hasAttempt: fc.boolean(),
      isPending: fc.boolean(),
      isDiverted: fc.boolean(),
      zone: fc.constantFrom(...zones),
    });
    fc.assert(
      fc.property(facts, ({ nowMs, ageMs, zone, ...flags }) => {
        const consent = { givenAt: new Date(nowMs - ageMs).toISOString() };
        const decision = decideOutbound(situation({ ...flags, nowMs, ...wish({ timeZone: zone, consent }) }));
        if (decision.kind === "refused") return;
        expect([flags.hasAttempt, flags.isPending, flags.isDiverted]).toEqual([false, false, false]);
        expect(decision.atMs).toBeLessThan(Date.parse(consent.givenAt) + 3 * DAY_MS);
        const { hour, dayOfWeek } = local(decision.atMs, zone);
        expect(dayOfWeek <= 5 && hour >= 9 && hour < 18).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("what is known of a lead", () => {
  const read = (lead: Record<string, string | number | boolean>, bundle = bundleWith(outbound())) =>
    readLead(bundle, { to: "+15550190001", lead }, NOW);

  it("becomes facts of the conversation, unconfirmed, with the number that is called", () => {
    expect(read({ name: "Ada Byron", email: "ada@example.com", need: "A dashboard", size: "small" })).toEqual({
      problems: [],
      facts: [
        { field: "phone", value: "+15550190001", isConfirmed: false },
        { field: "caller_name", value: "Ada Byron", isConfirmed: false },
        { field: "email", value: "ada@example.com", isConfirmed: false },
        { field: "need", value: "A dashboard", isConfirmed: false },
        { field: "size", value: "small", isConfirmed: false },
      ],
    });
    expect(read({ phone: "+15550190002" }).facts).toEqual([
      { field: "phone", value: "+15550190002", isConfirmed: false },
    ]);
  });

  it("names what the playbook does not know and what cannot be read", () => {
    const { problems } = read({ hobby: "chess", email: "nowhere", size: "enormous", constructor: "x" });
    expect(problems.map(({ name }) => name)).toEqual(["hobby", "email", "size", "constructor"]);
    expect(problems[0]?.message).toContain("name, phone, email, need, size");
  });
});

describe("what a call came to", () => {
  const cases: readonly [CarriedCall["status"], CarriedCall["answeredBy"], OutboundState | null][] = [
    ["queued", null, null],
    ["ringing", null, null],
    ["in-progress", null, null],
    ["in-progress", "human", "connected"],
    ["in-progress", "machine", "voicemail"],
    ["completed", "human", "connected"],
    ["completed", null, "connected"],
    ["completed", "machine", "voicemail"],
    ["busy", null, "busy"],
    ["no-answer", null, "no-answer"],
    ["failed", null, "failed"],
    ["canceled", null, "failed"],
  ];
  it.each(cases)("%s, answered by %s: %s", (status, answeredBy, state) => {
    expect(outcomeOf({ status, answeredBy })).toBe(state);
  });
});

it("a wish is strict: numbers E.164, a zone that exists, consent with its words", () => {
  const whole = { to: "+15550190001", consent: { givenAt: "2026-11-25T10:00:00Z", source: "form", text: "Call me" } };
  expect(OutboundWish.parse(whole)).toEqual({ ...whole, lead: {}, timeZone: null });
  for (const wrong of [
    { ...whole, to: "5550190001" },
    { ...whole, timeZone: "Mars/Base" },
    { ...whole, consent: undefined },
    { ...whole, consent: { ...whole.consent, text: "" } },
    { ...whole, consent: { ...whole.consent, givenAt: "yesterday" } },
    { ...whole, priority: 1 },
  ])
    expect(OutboundWish.safeParse(wrong).success).toBe(false);
});
