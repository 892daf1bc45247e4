import type { SandboxWorld } from "@tandem/ports/sandbox";
import { demoAccount } from "./account.ts";
import { type CalendarRow, calendars, etag } from "./calendars.ts";
import { events, putEvent } from "./events.ts";
import { seedOauth } from "./oauth.ts";
import { offsetAt } from "./zoned-time.ts";

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 14;

/** Local start and length in minutes of what is already in the diary each working day. */
const DIARY = [
  { letter: "a", from: 9 * 60, minutes: 60, summary: "Staff meeting" },
  { letter: "b", from: 11 * 60, minutes: 90, summary: "Crown, Ms Alvarez" },
  { letter: "c", from: 15 * 60 + 30, minutes: 30, summary: "Check-up, Mr Osei" },
] as const;

/** The demo practice: its owner's primary calendar with two weeks of appointments from today on. */
export function seedDemoAccount(world: SandboxWorld): void {
  seedOauth(world);
  const calendar = calendars(world).get(demoAccount.account) ?? plantCalendar(world);
  for (let day = 0; day < DAYS_AHEAD; day++) plantDay(world, calendar, world.now() + day * DAY_MS);
}

function plantCalendar(world: SandboxWorld): CalendarRow {
  const { account, timeZone } = demoAccount;
  const row: CalendarRow = { id: account, account, summary: account, description: "", timeZone, etag: etag(world) };
  calendars(world).put(account, row);
  return row;
}

function plantDay(world: SandboxWorld, calendar: CalendarRow, someTimeMs: number): void {
  const offsetMs = offsetAt(someTimeMs, calendar.timeZone) * 60_000;
  const date = new Date(someTimeMs + offsetMs).toISOString().slice(0, 10);
  const midnightMs = Date.parse(`${date}T00:00:00Z`) - offsetMs;
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
  if (weekday === 0 || weekday === 6) return;
  for (const { letter, from, minutes, summary } of DIARY) {
    const id = `seed${date.replaceAll("-", "")}${letter}`;
    if (events(world).get(`${calendar.id}/${id}`) !== undefined) continue;
    const startMs = midnightMs + from * 60_000;
    const time = (epochMs: number) => ({ dateTime: new Date(epochMs).toISOString() });
    putEvent(world, calendar, { id, summary, start: time(startMs), end: time(startMs + minutes * 60_000) }, undefined);
  }
}
