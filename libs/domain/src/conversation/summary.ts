import type { Tool } from "../manifest/index.ts";
import type { OfferedTime } from "./answer.ts";
import type { Progress } from "./progress.ts";

const doneIn: Readonly<Partial<Record<Tool["operation"], string>>> = {
  "calendar.book": "an appointment was booked",
  "calendar.reschedule": "the appointment was moved",
  "calendar.cancel": "the appointment was cancelled",
  "crm.upsert-contact": "the contact was saved",
  "crm.upsert-deal": "the deal was saved",
  "crm.add-note": "a note was saved",
};

/** What the account is given to tell. */
export interface Account {
  readonly progress: Progress;
  /** Times that were offered: a chosen one is told as it was said. */
  readonly told: readonly OfferedTime[];
  /** Operations that succeeded on the call, in order. */
  readonly done: readonly Tool["operation"][];
  /** Why the call is handed over, when it is. */
  readonly reason: string | null;
}

/** Two sentences for the person who takes over: why, what is known, what was done. Names and numbers are meant to be in it. */
export function summaryOf({ progress, told, done, reason }: Account): string {
  const known = progress.facts.map(({ field, value, isConfirmed }) => {
    const said = told.find(({ start }) => start === value)?.spoken ?? value;
    return `${field.replaceAll("_", " ")} ${spoken(said)}${isConfirmed ? "" : " (not confirmed)"}`;
  });
  const why = reason ?? "Call in progress";
  const first = known.length === 0 ? `${why}; nothing is known yet.` : `${why}; known: ${known.join(", ")}.`;
  const deeds = [...new Set(done.flatMap((operation) => doneIn[operation] ?? []))];
  return `${first} ${deeds.length === 0 ? "Nothing was booked or saved yet." : `${capital(deeds.join(", "))}.`}`;
}

const spoken = (value: string | number | boolean): string =>
  value === true
    ? "yes"
    : value === false
      ? "no"
      : String(value)
          .replaceAll(/(?<![.!?])[.!?]+(?=\s|$)/g, ";")
          .replace(/;\s*$/, "");

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
