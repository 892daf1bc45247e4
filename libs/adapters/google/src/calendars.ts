import { canonicalJson, type Clock, instant, type JsonObject } from "@tandem/kernel";
import type { Listing, VendorObject, VendorResources, WriteTarget } from "@tandem/ports/vendor-resources";
import type { CalendarApi, GoogleClient, GoogleRequests, SendOptions } from "./client.ts";
import { readDescription, taggedDescription } from "./description-tag.ts";
import { CalendarFields } from "./descriptor.ts";
import { isGone, refusal } from "./refusal.ts";
import { WireCalendar, WireCalendarList } from "./wire.ts";

const KIND = "calendar.calendar";
const PAGE_SIZE = 250;
const MOST_PAGES = 40;

/** The life of the calendars that a playbook declares. */
export function calendarResources(client: GoogleClient, clock: Clock): VendorResources {
  const toObject = (calendar: WireCalendar): VendorObject => objectOf(calendar, instant(clock.now()));
  return {
    async read(kind, externalId) {
      requireKind(kind);
      return client.run(`read ${kind}`, (requests) => readCalendar(requests, externalId, toObject));
    },
    async findByKey(kind, externalKey) {
      requireKind(kind);
      return client.run(`find ${kind}`, async (requests) => {
        const listing = await listOwned(requests);
        const items = listing.items.map(toObject).filter((object) => object.externalKey === externalKey);
        return {
          items: items.toSorted((one, other) => one.externalId.localeCompare(other.externalId)),
          complete: listing.complete,
        };
      });
    },
    async write(verb, target) {
      requireKind(target.kind);
      return client.run(`${verb} ${target.kind}`, async (requests) => {
        if (verb === "create") return toObject(await insert(requests, target));
        if (verb === "update") return toObject(await patch(requests, target));
        if (verb === "delete") return remove(requests, idOf(target));
        throw refusal("resources", "invalid", `a ${target.kind} has no \`${verb}\``);
      });
    },
    reached: (verb, target, found) => {
      if (verb === "delete") return found === null;
      if (found === null || found.externalKey !== target.externalKey) return false;
      return verb === "create" || canonicalJson(found.fields) === canonicalJson(target.fields);
    },
  };
}

function requireKind(kind: string): void {
  if (kind !== KIND) throw refusal("resources", "invalid", `there is no kind ${kind}`);
}

function idOf(target: WriteTarget): string {
  if (target.externalId === null) throw refusal("resources", "invalid", `${target.kind} without an external id`);
  return target.externalId;
}

function objectOf(calendar: WireCalendar, readAt: string): VendorObject {
  const { description, key } = readDescription(calendar.description);
  const fields: JsonObject = { summary: calendar.summary, description, timeZone: calendar.timeZone ?? "UTC" };
  return { externalId: calendar.id, externalKey: key, version: null, published: true, fields, readAt };
}

const readCalendar = (
  requests: GoogleRequests,
  calendarId: string,
  toObject: (calendar: WireCalendar) => VendorObject,
): Promise<VendorObject | null> =>
  requests
    .read((api: CalendarApi, options: SendOptions) => api.calendars.get({ calendarId }, options), WireCalendar.parse)
    .then(toObject, nullWhenGone);

/** Calendars of this account, hidden ones too, page by page. */
async function listOwned(requests: GoogleRequests): Promise<Listing<WireCalendar>> {
  const items: WireCalendar[] = [];
  let pageToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await requests.read(
      (api, options) =>
        api.calendarList.list(
          { maxResults: PAGE_SIZE, minAccessRole: "owner", showHidden: true, ...(pageToken ? { pageToken } : {}) },
          options,
        ),
      WireCalendarList.parse,
    );
    items.push(...(answer.items ?? []).filter((calendar) => calendar.deleted !== true));
    pageToken = answer.nextPageToken;
    if (pageToken === undefined) return { items, complete: true };
  }
  return { items, complete: false };
}

/** The body of a write; refuses what the kind's schema does not allow before anything is sent. */
function bodyOf(target: WriteTarget): { summary: string; description: string; timeZone: string } {
  const parsed = CalendarFields.safeParse(target.fields);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw refusal(`write ${target.kind}`, "invalid", problems.join("; "));
  }
  const { summary, description, timeZone } = parsed.data as { summary: string; description: string; timeZone: string };
  return { summary, description: taggedDescription(description, target.externalKey), timeZone };
}

async function insert(requests: GoogleRequests, target: WriteTarget): Promise<WireCalendar> {
  const requestBody = bodyOf(target);
  return requests.write((api, options) => api.calendars.insert({ requestBody }, options), WireCalendar.parse);
}

async function patch(requests: GoogleRequests, target: WriteTarget): Promise<WireCalendar> {
  const calendarId = idOf(target);
  const requestBody = bodyOf(target);
  return requests.write(
    (api, options) => api.calendars.patch({ calendarId, requestBody }, options),
    WireCalendar.parse,
  );
}

const remove = (requests: GoogleRequests, calendarId: string): Promise<null> =>
  requests
    .write(
      (api, options) => api.calendars.delete({ calendarId }, options),
      () => null,
    )
    .catch(nullWhenGone);

function nullWhenGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}
