import type { VendorResources } from "@tandem/ports/vendor-resources";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openConnection, startGoogle } from "../test/open-connection.ts";
import { CalendarFields } from "./descriptor.ts";

const KIND = "calendar.calendar";
let running: RunningSandbox;
let resources: VendorResources;

beforeAll(async () => {
  running = await startGoogle();
  ({ resources } = await openConnection(running.origins["google"] ?? ""));
});
afterAll(() => running.close());

const keyOf = (name: string): string => name.padEnd(26, "0");
const target = (name: string, changes: { description?: string; externalId?: string } = {}) => ({
  kind: KIND,
  externalKey: keyOf(name),
  externalId: changes.externalId ?? null,
  fields: {
    summary: `Calendar ${name}`,
    description: changes.description ?? "For callers",
    timeZone: "America/New_York",
  },
  label: name,
});

test("a calendar shows its edits in the dashboard, and a lost tag is a lost key", async () => {
  const made = await resources.write("create", target("a"));
  const calendarId = made!.externalId;
  await running.control.act("google", "editCalendar", { calendarId, summary: "Renamed by hand" });
  expect(await resources.read(KIND, calendarId)).toMatchObject({
    externalKey: keyOf("a"),
    fields: { summary: "Renamed by hand" },
  });
  await running.control.act("google", "editCalendar", { calendarId, description: "Rewritten by hand" });
  expect(await resources.read(KIND, calendarId)).toMatchObject({
    externalKey: null,
    fields: { description: "Rewritten by hand" },
  });
  const mended = await resources.write("update", target("a", { externalId: calendarId }));
  expect(mended).toMatchObject({ externalId: calendarId, externalKey: keyOf("a"), fields: target("a").fields });
});

test("a calendar on a later page is found", async () => {
  for (let index = 0; index < 260; index++) await resources.write("create", target("f"));
  const listing = await resources.findByKey(KIND, keyOf("f"));
  expect(listing.complete).toBe(true);
  expect(listing.items).toHaveLength(260);
}, 60_000);

test("a listing that lags misses the newest, a read does not", async () => {
  await running.control.setPace("google", { listLagMs: 60_000 });
  const made = await resources.write("create", target("g"));
  expect((await resources.findByKey(KIND, keyOf("g"))).items).toEqual([]);
  expect(await resources.read(KIND, made!.externalId)).toMatchObject({ externalKey: keyOf("g") });
  await running.control.setPace("google", { listLagMs: 0 });
});

test("what resume asks: a create is reached by its key, an update by its fields, a delete by absence", async () => {
  const made = (await resources.write("create", target("h")))!;
  const changed = target("h", { description: "Other", externalId: made.externalId });
  expect(resources.reached("create", changed, made)).toBe(true);
  expect(resources.reached("create", target("i"), made)).toBe(false);
  expect(resources.reached("create", changed, null)).toBe(false);
  expect(resources.reached("update", changed, made)).toBe(false);
  expect(resources.reached("update", changed, await resources.write("update", changed))).toBe(true);
  expect(resources.reached("delete", changed, made)).toBe(false);
  expect(resources.reached("delete", changed, null)).toBe(true);
});

test("fields are strict, and may hold references while a plan is made", () => {
  const { fields } = target("a");
  expect(CalendarFields.safeParse(fields).success).toBe(true);
  expect(
    CalendarFields.safeParse({ ...fields, summary: { $ref: "calendar.calendar/a", part: "externalId" } }).success,
  ).toBe(true);
  expect(CalendarFields.safeParse({ ...fields, colour: "blue" }).success).toBe(false);
  expect(CalendarFields.safeParse({ ...fields, timeZone: 3 }).success).toBe(false);
});
