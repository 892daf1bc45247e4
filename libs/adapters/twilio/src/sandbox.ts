import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import { authenticate, type Caller, requirePermission } from "./sandbox/access.ts";
import { missing, problem, rfc2822, TwilioProblem } from "./sandbox/answer.ts";
import { applicationList, oneApplication } from "./sandbox/application-routes.ts";
import { endCallAction, listCalls, oneCall } from "./sandbox/call-routes.ts";
import { plantAccount, plantDemo } from "./sandbox/demo-account.ts";
import { buyNumber, listNumbers, numberBody, oneNumber, updateNumber } from "./sandbox/number-routes.ts";
import { createCall } from "./sandbox/outbound-call.ts";
import { openPhone } from "./sandbox/phone.ts";
import { phoneUser } from "./sandbox/phone-user.ts";
import { describeCall, placeCall } from "./sandbox/place-call.ts";
import { type AccountRow, accounts, answers, type AnswerRow, numbers } from "./sandbox/rows.ts";

export { demoAccount, initialVoiceUrl } from "./sandbox/demo-account.ts";

const ROUTE = /^\/2010-04-01\/Accounts\/(AC[0-9a-fA-F]{32})(?:\/([A-Za-z]+)(?:\/([A-Za-z0-9]+))?)?\.json$/;

/** The part of Twilio that Tandem uses, and the carrier behind it. */
export const sandbox: SandboxVendor = {
  name: "twilio",
  handle(request, world) {
    try {
      return route(request, world);
    } catch (error) {
      if (error instanceof TwilioProblem) return problem(error.status, error.code, error.message);
      throw error;
    }
  },
  failure: (status) =>
    status === 429
      ? problem(429, 20429, "Too Many Requests")
      : problem(status, 20500, "An internal server error has occurred"),
  seed: plantDemo,
  open: (socket, world) =>
    openPhone(socket, world, (callSid, phone) => {
      phone.user = phoneUser(world, callSid);
    }),
  actions: {
    placeCall,
    describeCall: async (input, world) => describeCall(world, String(input["callSid"])),
    endCall: async (input, world) => {
      await endCallAction(input, world);
      return describeCall(world, String(input["callSid"]));
    },
    setAnswer,
    editNumber,
    addAccount,
    setAccount,
  },
};

function route(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  const [, accountSid, collection, id] = ROUTE.exec(request.path) ?? [];
  if (accountSid === undefined || !["", "api.twilio.com"].includes(request.originalHost)) throw missing(request);
  const caller = authenticate(request, accountSid, world);
  switch (collection) {
    case undefined:
      return account(caller);
    case "IncomingPhoneNumbers":
      if (id !== undefined) return oneNumber(request, caller, world, id);
      return request.method === "POST" ? buyNumber(request, caller, world) : listNumbers(request, caller, world);
    case "Applications":
      return id === undefined ? applicationList(request, caller, world) : oneApplication(request, caller, world, id);
    case "Calls":
      if (id !== undefined) return oneCall(request, caller, world, id);
      if (request.method === "GET") return listCalls(request, caller, world);
      if (request.method === "POST") return createCall(request, caller, world);
      throw new TwilioProblem(405, 20004, "Method not allowed");
    case "Keys":
      requirePermission(caller, "keys:read");
      throw missing(request);
    default:
      throw missing(request);
  }
}

function account(caller: Caller): SandboxResponse {
  requirePermission(caller, "accounts:read");
  const { sid, friendlyName, status, type } = caller.account;
  return {
    status: 200,
    body: {
      sid,
      friendly_name: friendlyName,
      status,
      type: type ?? "Full",
      owner_account_sid: sid,
      auth_token: "[hidden by the sandbox]",
      date_created: rfc2822(0),
      date_updated: rfc2822(0),
      uri: `/2010-04-01/Accounts/${sid}.json`,
      subresource_uris: {},
    },
  };
}

/** Input `{number, answer, forwardsTo?}`: how a number answers from now on. */
async function setAnswer(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const row = { answer: input["answer"], forwardsTo: input["forwardsTo"] ?? "" } as AnswerRow;
  if (!["answered", "machine", "no-answer", "busy", "failed", "forwards"].includes(row.answer))
    throw new TypeError("unknown answer");
  answers(world).put(String(input["number"]), row);
  return row;
}

/** Input `{number, form}`: what a person changes in the console, in the API's own members (`VoiceUrl`, `TrunkSid` …). */
async function editNumber(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const number = numbers(world)
    .all()
    .find((row) => row.phoneNumber === input["number"]);
  if (number === undefined) throw new RangeError(`no emulated account owns ${String(input["number"])}`);
  const form = isJsonObject(input["form"]) ? (input["form"] as Record<string, string>) : {};
  return numberBody(updateNumber(world, number, new URLSearchParams(form)));
}

/** Input `{accountSid, status?, type?}`: what Twilio itself does to an account. */
async function setAccount(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const row = accounts(world).get(String(input["accountSid"]));
  if (row === undefined) throw new TypeError("there is no such account");
  accounts(world).put(row.sid, { ...row, ...input, sid: row.sid });
  return {};
}

/** Input `{accountSid, authToken, numbers, keys?, status?}`: another customer's account. The same id again changes it. */
async function addAccount(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const sid = String(input["accountSid"]);
  const row: AccountRow = {
    sid,
    friendlyName: typeof input["friendlyName"] === "string" ? input["friendlyName"] : sid,
    authToken: String(input["authToken"]),
    status: (input["status"] ?? "active") as AccountRow["status"],
    keys: (input["keys"] ?? []) as unknown as AccountRow["keys"],
  };
  accounts(world).put(sid, row);
  plantAccount(world, row, (input["numbers"] ?? []) as readonly string[]);
  return { accountSid: sid };
}
