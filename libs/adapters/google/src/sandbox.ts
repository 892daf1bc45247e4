import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import { demoAccount } from "./sandbox/account.ts";
import { apiError, notFound, Refusal } from "./sandbox/answers.ts";
import {
  type AccountRequest,
  calendars,
  changeCalendar,
  deleteCalendar,
  getCalendar,
  insertAcl,
  insertCalendar,
  listAcl,
  listCalendars,
  patchCalendar,
} from "./sandbox/calendars.ts";
import { listEvents } from "./sandbox/event-list.ts";
import { deleteEvent, getEvent, insertEvent, patchEvent, putEvent } from "./sandbox/events.ts";
import { queryFreeBusy } from "./sandbox/free-busy.ts";
import {
  issueServiceAccountKey,
  issueToken,
  requireAccount,
  setConsentEnd,
  setGrantedScopes,
  tokenInfo,
} from "./sandbox/oauth.ts";
import { addAccount, seedDemoAccount } from "./sandbox/seed.ts";

export { demoAccount };

interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Any of them lets the request in (besides the full `calendar` scope). */
  readonly scopes: readonly string[];
  answer(request: AccountRequest, first: string, second: string): SandboxResponse;
}

const CALENDARS = ["calendar.calendars", "calendar.app.created"];
const EVENTS = ["calendar.events", "calendar.events.owned", "calendar.app.created"];
const EVENTS_READ = [...EVENTS, "calendar.events.readonly", "calendar.readonly"];

const route = (method: string, path: string, scopes: readonly string[], answer: Route["answer"]): Route => ({
  method,
  path: new RegExp(`^/calendar/v3/${path.replaceAll("*", "([^/]+)")}$`, "u"),
  scopes,
  answer,
});

const ROUTES: readonly Route[] = [
  route("POST", "calendars", CALENDARS, insertCalendar),
  route("GET", "calendars/*", [...CALENDARS, "calendar.readonly", "calendar.calendars.readonly"], getCalendar),
  route("PATCH", "calendars/*", CALENDARS, patchCalendar),
  route("DELETE", "calendars/*", CALENDARS, deleteCalendar),
  route(
    "GET",
    "users/me/calendarList",
    ["calendar.calendarlist", "calendar.calendarlist.readonly", "calendar.readonly"],
    listCalendars,
  ),
  route("POST", "calendars/*/acl", ["calendar.acls"], insertAcl),
  route("GET", "calendars/*/acl", ["calendar.acls", "calendar.acls.readonly"], listAcl),
  route("POST", "calendars/*/events", EVENTS, insertEvent),
  route("GET", "calendars/*/events", EVENTS_READ, listEvents),
  route("GET", "calendars/*/events/*", EVENTS_READ, getEvent),
  route("PATCH", "calendars/*/events/*", EVENTS, patchEvent),
  route("DELETE", "calendars/*/events/*", EVENTS, deleteEvent),
  route("POST", "freeBusy", ["calendar.freebusy", "calendar.events.freebusy", "calendar.readonly"], queryFreeBusy),
];

/** Google's OAuth endpoints and Calendar API v3. */
export const sandbox: SandboxVendor = {
  name: "google",
  handle(request, world) {
    try {
      return dispatch(request, world);
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
  },
  seed: seedDemoAccount,
  failure: (status) => {
    if (status === 403) return apiError(403, "userRateLimitExceeded", "User Rate Limit Exceeded", "usageLimits");
    if (status === 429) return apiError(429, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits");
    return apiError(status, "backendError", "Backend Error");
  },
  actions: {
    editCalendar: async (input, world) => {
      const row = calendars(world).get(String(input["calendarId"]));
      if (row === undefined) throw new TypeError("there is no such calendar");
      return { ...changeCalendar(world, row, input) };
    },
    deleteCalendar: async (input, world) => ({ removed: calendars(world).remove(String(input["calendarId"])) }),
    addEvent: async (input, world) => addEvent(input, world),
    addAccount,
    issueServiceAccountKey,
    setGrantedScopes,
    setConsentEnd,
  },
};

function dispatch(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  if (request.method === "POST" && request.path === "/token") return issueToken(request, world);
  if (request.method === "POST" && request.path === "/tokeninfo") return tokenInfo(request, world);
  const found = ROUTES.find(({ method, path }) => method === request.method && path.test(request.path));
  if (found === undefined) return notFound();
  const account = requireAccount(request, world, found.scopes);
  const [, first = "", second = ""] = found.path.exec(request.path) ?? [];
  const { query, headers, body } = request;
  return found.answer({ account, query, headers, body, world }, decodeURIComponent(first), decodeURIComponent(second));
}

/** What the owner types into the calendar by hand. */
function addEvent(input: JsonObject, world: SandboxWorld): JsonObject {
  const calendar = calendars(world).get(String(input["calendarId"] ?? demoAccount.account));
  if (calendar === undefined) throw new TypeError("there is no such calendar");
  const body = {
    id: world.newId("", 26),
    summary: input["summary"] ?? "By hand",
    start: { dateTime: input["start"] ?? null },
    end: { dateTime: input["end"] ?? null },
  };
  return { ...putEvent(world, calendar, body, undefined) };
}
