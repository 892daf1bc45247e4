import { z } from "zod";
import { E164 } from "../tenant/deployment.ts";

/** Local wall-clock time of day, `HH:MM`; `24:00` is the end of the day. */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be HH:MM, in quotes");

/** Open spans of each weekday in local time; a span may not cross midnight (write two). No spans = closed all day. */
export const WeeklyHours = z.strictObject({
  monday: z.array(z.strictObject({ from: TimeOfDay, to: TimeOfDay })),
  tuesday: z.array(z.strictObject({ from: TimeOfDay, to: TimeOfDay })),
  wednesday: z.array(z.strictObject({ from: TimeOfDay, to: TimeOfDay })),
  thursday: z.array(z.strictObject({ from: TimeOfDay, to: TimeOfDay })),
  friday: z.array(z.strictObject({ from: TimeOfDay, to: TimeOfDay })),
  saturday: z.array(z.strictObject({ from: TimeOfDay, to: TimeOfDay })),
  sunday: z.array(z.strictObject({ from: TimeOfDay, to: TimeOfDay })),
});
export type WeeklyHours = z.infer<typeof WeeklyHours>;

/** A whole local day on which the business is closed. */
export const Holiday = z.strictObject({ date: z.iso.date(), name: z.string().max(80) });

/** A one-off exception in local time; the latest in the list that covers an instant wins, before holidays and weekly hours. */
export const ScheduleOverride = z.strictObject({
  from: z.iso.datetime({ local: true, offset: false }),
  to: z.iso.datetime({ local: true, offset: false }),
  open: z.boolean(),
  note: z.string().max(120),
});

/** When the business is open, in the tenant's own time zone. */
export const Schedule = z.strictObject({
  /** IANA name, e.g. `America/New_York`. */
  timeZone: z.string(),
  weekly: WeeklyHours,
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
