import type { JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { demoAccount } from "./account.ts";
import { type CalendarRow, calendars, etag } from "./calendars.ts";
import { events, putEvent } from "./events.ts";
import { plantConsent, seedOauth } from "./oauth.ts";
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
  const calendar =
    calendars(world).get(demoAccount.account) ?? plantCalendar(world, demoAccount.account, demoAccount.timeZone);
  for (let day = 0; day < DAYS_AHEAD; day++) plantDay(world, calendar, world.now() + day * DAY_MS);
}

/** Input `{account, clientId, clientSecret, refreshToken, timeZone?, scopes?}`: another person who has consented, with an empty diary. */
export async function addAccount(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const text = (name: string, otherwise = ""): string => String(input[name] ?? otherwise);
  const account = text("account");
  if (account === "" || text("refreshToken") === "") throw new TypeError("`account` and `refreshToken` are needed");
  const scopes = Array.isArray(input["scopes"]) ? input["scopes"].map(String) : [...demoAccount.scopes];
  const consent = { clientId: text("clientId"), clientSecret: text("clientSecret"), account, scopes };
  plantConsent(world, text("refreshToken"), consent);
  if (calendars(world).get(account) === undefined)
    plantCalendar(world, account, text("timeZone", demoAccount.timeZone));
  return { account };
}

function plantCalendar(world: SandboxWorld, account: string, timeZone: string): CalendarRow {
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
