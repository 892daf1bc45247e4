import { z } from "zod";
import { E164 } from "../tenant/index.ts";
import { isTimeZone } from "./local-time.ts";

/** Local wall-clock time of day, `HH:MM`; `24:00` is the end of the day. */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be HH:MM, in quotes");

/** One open span; templates in it are judged once they are filled in. */
const Span = z
  .strictObject({ from: TimeOfDay, to: TimeOfDay })
  .refine(
    ({ from, to }) => from < to || `${from}${to}`.includes("{{"),
    "must end after it begins; write two spans for hours across midnight",
  );

/** Open spans of each weekday in local time; a span may not cross midnight (write two). No spans = closed all day. */
export const WeeklyHours = z.strictObject({
  monday: z.array(Span).max(12),
  tuesday: z.array(Span).max(12),
  wednesday: z.array(Span).max(12),
  thursday: z.array(Span).max(12),
  friday: z.array(Span).max(12),
  saturday: z.array(Span).max(12),
  sunday: z.array(Span).max(12),
});
export type WeeklyHours = z.infer<typeof WeeklyHours>;

/** A whole local day on which the business is closed. */
export const Holiday = z.strictObject({ date: z.iso.date(), name: z.string().max(80) });

/** `YYYY-MM-DDTHH:MM` of the wall clock, without a zone. */
const LocalDateTime = z.iso
  .datetime({ local: true, offset: false })
  .regex(/^.{16}(:\d\d)?$/, "must be local time such as 2026-12-24T18:00, in quotes and without Z");

/** A one-off exception in local time; the latest in the list that covers an instant wins, before holidays and weekly hours. */
export const ScheduleOverride = z
  .strictObject({ from: LocalDateTime, to: LocalDateTime, open: z.boolean(), note: z.string().max(120) })
  .refine(({ from, to }) => from < to || `${from}${to}`.includes("{{"), "must end after it begins");

/** When the business is open, in the tenant's own time zone. */
export const Schedule = z.strictObject({
  /** IANA name, e.g. `America/New_York`. */
  timeZone: z
    .string()
    .refine((name) => name.includes("{{") || isTimeZone(name), "must be an IANA time zone such as America/New_York"),
  weekly: WeeklyHours,
  /** When appointments may be offered; the opening hours when absent. Holidays and overrides hold for both. */
  bookable: WeeklyHours.optional(),
  holidays: z.array(Holiday),
  overrides: z.array(ScheduleOverride),
});
export type Schedule = z.infer<typeof Schedule>;

/** Who picks up. `ring-staff` rings the numbers together and falls through when nobody answers. */
export const AnswerRule = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("agent") }),
  z.strictObject({
    do: z.literal("ring-staff"),
    numbers: z.array(E164).min(1).max(10),
    ringSeconds: z.int().min(5).max(60),
    noAnswer: z.enum(["agent", "fallback"]),
  }),
]);
export type AnswerRule = z.infer<typeof AnswerRule>;

/** What happens at answer: evaluated for each call at the instant it arrives. */
export const AnswerPolicy = z.strictObject({ schedule: Schedule, whenOpen: AnswerRule, whenClosed: AnswerRule });
export type AnswerPolicy = z.infer<typeof AnswerPolicy>;
