import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Schedule, WeeklyHours } from "./answer.ts";
import { instantsOf, isTimeZone, wallClock } from "./local-time.ts";
import { answerDecision, isOpen, scheduleState } from "./schedule.ts";
import { nextChange } from "./schedule-change.ts";

/** The engine's own calendar arithmetic: shares no code with ours. */
interface Zoned {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly dayOfWeek: number;
  toPlainDate(): { toString(): string };
  toPlainDateTime(): { toString(options: { smallestUnit: string }): string };
}
declare const Temporal: {
  Instant: { fromEpochMilliseconds(epochMs: number): { toZonedDateTimeISO(zone: string): Zoned } };
};

const zones = [
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "America/Phoenix",
  "America/Sao_Paulo",
  "Pacific/Apia",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Pacific/Chatham",
  "UTC",
];

/** Days on which a zone changes its clocks (or would), as instants near the change. */
const nearChanges: Readonly<Record<string, readonly string[]>> = {
  "America/New_York": ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"],
  "Europe/Berlin": ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"],
  "Australia/Lord_Howe": ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"],
  "America/Sao_Paulo": ["2018-11-04T03:00:00Z", "2019-02-17T02:00:00Z"],
  "Pacific/Apia": ["2011-12-30T10:00:00Z"],
  "Africa/Casablanca": ["2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z"],
  "America/St_Johns": ["2026-03-08T05:30:00Z", "2026-11-01T04:30:00Z"],
  "Pacific/Chatham": ["2026-04-04T14:00:00Z", "2026-09-26T14:00:00Z"],
};

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const pad = (value: number): string => String(value).padStart(2, "0");
const clock = (minute: number): string => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;

const spans = fc.uniqueArray(fc.integer({ min: 0, max: 96 }), { maxLength: 6 }).map((marks) => {
  const sorted = marks.toSorted((left, right) => left - right).map((mark) => mark * 15);
  return Array.from({ length: Math.floor(sorted.length / 2) }, (_, index) => ({
    from: clock(sorted[2 * index] ?? 0),
    to: clock(sorted[2 * index + 1] ?? 0),
  }));
});
const weekly = fc
  .tuple(spans, spans, spans, spans, spans, spans, spans)
  .map((all) => Object.fromEntries(days.map((day, index) => [day, all[index]])) as unknown as WeeklyHours);

const zoneAndInstant = fc.constantFrom(...zones).chain((zone) => {
  const near = nearChanges[zone] ?? [];
  const anywhere = fc.integer({ min: Date.parse("2010-01-01T00:00:00Z"), max: Date.parse("2035-01-01T00:00:00Z") });
  const around =
    near.length === 0
      ? anywhere
      : fc
          .tuple(fc.constantFrom(...near), fc.integer({ min: -26 * 3_600_000, max: 26 * 3_600_000 }))
          .map(([change, delta]) => Date.parse(change) + delta);
  return fc.tuple(fc.constant(zone), fc.oneof({ weight: 3, arbitrary: around }, { weight: 1, arbitrary: anywhere }));
});

const localIso = (zone: string, epochMs: number): string =>
  Temporal.Instant.fromEpochMilliseconds(epochMs)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: "minute" });

const situation = zoneAndInstant.chain(([zone, epochMs]) =>
  fc.record({
    epochMs: fc.constant(epochMs),
    schedule: fc.record({
      timeZone: fc.constant(zone),
      weekly,
      holidays: fc.uniqueArray(fc.integer({ min: -3, max: 3 }), { maxLength: 2 }).map((offsets) =>
        offsets.map((offset) => ({
          date: localIso(zone, epochMs + offset * 86_400_000).slice(0, 10),
          name: "Holiday",
        })),
      ),
      overrides: fc
        .array(
          fc.record({
            start: fc.integer({ min: -48, max: 48 }),
            hours: fc.integer({ min: 1, max: 60 }),
            open: fc.boolean(),
          }),
          { maxLength: 3 },
        )
        .map((list) =>
          list.map(({ start, hours, open }) => ({
            from: localIso(zone, epochMs + start * 3_600_000),
            to: localIso(zone, epochMs + (start + hours) * 3_600_000),
            open,
            note: "",
          })),
        ),
    }),
  }),
);

/** The rules of a schedule, word for word, on the engine's calendar. */
function oracle(schedule: Schedule, epochMs: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(schedule.timeZone);
  const stamp = local.toPlainDateTime().toString({ smallestUnit: "minute" });
  for (const override of schedule.overrides.toReversed())
    if (override.from <= stamp && stamp < override.to) return override.open;
  if (schedule.holidays.some(({ date }) => date === local.toPlainDate().toString())) return false;
  const time = `${pad(local.hour)}:${pad(local.minute)}`;
  const today = schedule.weekly[days[local.dayOfWeek - 1] ?? "monday"];
  return today.some(({ from, to }) => from <= time && time < to);
}

const always = (span: { from: string; to: string }[]): WeeklyHours =>
  Object.fromEntries(days.map((day) => [day, span])) as unknown as WeeklyHours;
const plain = (timeZone: string, span: { from: string; to: string }[]): Schedule => ({
  timeZone,
  weekly: always(span),
  holidays: [],
  overrides: [],
});
const at = (text: string): number => Date.parse(text);

describe("isOpen", () => {
  it("agrees with an independent calendar around clock changes in twelve zones", () => {
    fc.assert(
      fc.property(situation, ({ schedule, epochMs }) => {
        for (const delta of [-3_600_000, -1_800_000, -60_000, 0, 60_000, 1_800_000, 3_600_000])
          expect(
            isOpen(schedule, epochMs + delta),
            `${schedule.timeZone} ${new Date(epochMs + delta).toISOString()}`,
          ).toBe(oracle(schedule, epochMs + delta));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    [
      "the hour that New York skips is never open",
      plain("America/New_York", [{ from: "02:00", to: "03:00" }]),
      "2026-03-08T06:59:59Z",
      "2026-03-08T07:00:00Z",
      false,
      false,
    ],
    [
      "the hour that New York repeats is open twice",
      plain("America/New_York", [{ from: "01:00", to: "02:00" }]),
      "2026-11-01T05:30:00Z",
      "2026-11-01T06:30:00Z",
      true,
      true,
    ],
    [
      "Lord Howe moves by half an hour",
      plain("Australia/Lord_Howe", [{ from: "02:00", to: "02:30" }]),
      "2026-10-03T15:29:59Z",
      "2026-10-03T15:30:00Z",
      false,
      false,
    ],
    [
      "closing time is not open any more",
      plain("UTC", [{ from: "09:00", to: "17:00" }]),
      "2026-05-04T16:59:59.999Z",
      "2026-05-04T17:00:00Z",
      true,
      false,
    ],
    [
      "24:00 reaches the end of the day",
      plain("Asia/Kolkata", [{ from: "00:00", to: "24:00" }]),
      "2026-05-04T18:29:59Z",
      "2026-05-04T18:30:00Z",
      true,
      true,
    ],
  ])("%s", (_, schedule, first, second, isFirstOpen, isSecondOpen) => {
    expect([isOpen(schedule, at(first)), isOpen(schedule, at(second))]).toEqual([isFirstOpen, isSecondOpen]);
  });

  it("puts overrides before holidays before weekly hours, and the last override first", () => {
    const schedule: Schedule = {
      ...plain("UTC", [{ from: "00:00", to: "24:00" }]),
      holidays: [{ date: "2026-12-25", name: "Christmas Day" }],
      overrides: [
        { from: "2026-12-25T10:00", to: "2026-12-25T12:00", open: true, note: "Emergency desk" },
        { from: "2026-12-25T11:00", to: "2026-12-25T11:30", open: false, note: "Fire drill" },
      ],
    };
    expect(
      ["09:00", "10:30", "11:10", "11:40"].map((time) => scheduleState(schedule, at(`2026-12-25T${time}:00Z`))),
    ).toEqual([
      { isOpen: false, because: "holiday", note: "Christmas Day" },
      { isOpen: true, because: "override", note: "Emergency desk" },
      { isOpen: false, because: "override", note: "Fire drill" },
      { isOpen: true, because: "override", note: "Emergency desk" },
    ]);
  });

  it("gives each call the rule of its hour", () => {
    const policy = {
      schedule: plain("UTC", [{ from: "09:00", to: "17:00" }]),
      whenOpen: { do: "ring-staff" as const, numbers: ["+15550100001"], ringSeconds: 20, noAnswer: "agent" as const },
      whenClosed: { do: "agent" as const },
    };
    expect(answerDecision(policy, at("2026-05-04T10:00:00Z")).rule.do).toBe("ring-staff");
    expect(answerDecision(policy, at("2026-05-04T20:00:00Z")).rule.do).toBe("agent");
  });

  it("is cheap enough for the answer path", () => {
    const schedule = {
      ...plain("America/New_York", [{ from: "09:00", to: "17:00" }]),
      holidays: Array.from({ length: 30 }, (_, index) => ({ date: `2026-06-${pad(index + 1)}`, name: "" })),
    };
    let open = 0;
    for (let call = 0; call < 5000; call += 1) open += Number(isOpen(schedule, 1_790_000_000_000 + call * 61_000));
    expect(open).toBeGreaterThan(0);
  });
});

describe("nextChange", () => {
  it("is the first instant at which the independent calendar changes its mind", () => {
    fc.assert(
      fc.property(situation, ({ schedule, epochMs }) => {
        const now = oracle(schedule, epochMs);
        const found = nextChange(schedule, epochMs);
        const horizon = Math.min(found ?? Infinity, epochMs + 4 * 86_400_000);
        const minute = Math.floor(epochMs / 60_000) * 60_000;
        for (let probe = minute + 60_000; probe < horizon; probe += 300_000) expect(oracle(schedule, probe)).toBe(now);
        if (found !== null) expect([oracle(schedule, found - 1), oracle(schedule, found)]).toEqual([now, !now]);
      }),
      { numRuns: 250 },
    );
  });

  it("is null for what never changes", () => {
    expect(nextChange(plain("Europe/Berlin", []), at("2026-03-28T12:00:00Z"))).toBeNull();
    expect(nextChange(plain("Europe/Berlin", [{ from: "00:00", to: "24:00" }]), at("2026-03-28T12:00:00Z"))).toBeNull();
  });

  it("finds the opening two weeks away when DST skips the one in between", () => {
    const schedule: Schedule = {
      ...plain("America/New_York", []),
      weekly: { ...always([]), sunday: [{ from: "02:00", to: "02:30" }] },
    };
    expect(nextChange(schedule, at("2026-03-01T08:00:00Z"))).toBe(at("2026-03-15T06:00:00Z"));
  });

  it("sees past a closure of months", () => {
    const schedule: Schedule = {
      ...plain("UTC", [{ from: "09:00", to: "17:00" }]),
      overrides: [{ from: "2026-01-01T00:00", to: "2026-06-01T12:00", open: false, note: "Renovation" }],
    };
    expect(nextChange(schedule, at("2026-01-10T00:00:00Z"))).toBe(at("2026-06-01T12:00:00Z"));
  });
});

describe("wall clock", () => {
  it("finds none, one or two instants for a local time", () => {
    expect(instantsOf("Europe/Berlin", Date.UTC(2026, 2, 29, 2, 30))).toEqual([]);
    expect(instantsOf("Europe/Berlin", Date.UTC(2026, 6, 1, 2, 30))).toEqual([at("2026-07-01T00:30:00Z")]);
    expect(instantsOf("Europe/Berlin", Date.UTC(2026, 9, 25, 2, 30))).toEqual([
      at("2026-10-25T00:30:00Z"),
      at("2026-10-25T01:30:00Z"),
    ]);
  });

  it("keeps milliseconds, also before 1970", () => {
    expect(wallClock("UTC", -1)).toBe(-1);
    expect(wallClock("Asia/Kathmandu", at("2026-01-01T00:00:00.250Z"))).toBe(Date.UTC(2026, 0, 1, 5, 45, 0, 250));
  });

  it.each([
    ["America/New_York", true],
    ["UTC", true],
    ["+02:00", false],
    ["Mars/Olympus", false],
    ["", false],
  ])("knows whether %j is a zone: %j", (name, isKnown) => {
    expect(isTimeZone(name)).toBe(isKnown);
  });
});
