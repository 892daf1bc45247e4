import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { type Caller, requirePermission } from "./access.ts";
import { missing, page, rfc2822, TwilioProblem } from "./answer.ts";
import { newNumber } from "./demo-account.ts";
import { applications, type NumberRow, numbers } from "./rows.ts";

/** The number as the 2010 API writes it. Empty members are null for ids and empty text for URLs, as at Twilio. */
export const numberBody = (row: NumberRow): JsonObject => ({
  sid: row.sid,
  account_sid: row.accountSid,
  friendly_name: row.friendlyName,
  phone_number: row.phoneNumber,
  origin: "twilio",
  api_version: "2010-04-01",
  beta: false,
  address_requirements: "none",
  address_sid: null,
  identity_sid: null,
  bundle_sid: null,
  emergency_status: "Inactive",
  emergency_address_sid: null,
  emergency_address_status: "unregistered",
  capabilities: { voice: true, sms: true, mms: true, fax: false },
  date_created: rfc2822(row.createdAt),
  date_updated: rfc2822(row.updatedAt),
  voice_url: row.voiceUrl,
  voice_method: row.voiceMethod,
  voice_fallback_url: row.voiceFallbackUrl,
  voice_fallback_method: row.voiceFallbackMethod,
  voice_receive_mode: "voice",
  voice_caller_id_lookup: false,
  voice_application_sid: row.voiceApplicationSid || null,
  trunk_sid: row.trunkSid || null,
  sms_url: "",
  sms_method: "POST",
  sms_fallback_url: "",
  sms_fallback_method: "POST",
  sms_application_sid: null,
  status_callback: row.statusCallback,
  status_callback_method: row.statusCallbackMethod,
  status: "in-use",
  type: "local",
  uri: `/2010-04-01/Accounts/${row.accountSid}/IncomingPhoneNumbers/${row.sid}.json`,
});

export function listNumbers(request: SandboxRequest, caller: Caller, world: SandboxWorld): SandboxResponse {
  requirePermission(caller, "phone-numbers:read");
  const digits = request.query.get("PhoneNumber");
  const rows = numbers(world)
    .all({ forListing: true })
    .filter((row) => row.accountSid === caller.account.sid && (digits === null || row.phoneNumber.startsWith(digits)));
  return page(request, "incoming_phone_numbers", rows.map(numberBody));
}

export function buyNumber(request: SandboxRequest, caller: Caller, world: SandboxWorld): SandboxResponse {
  requirePermission(caller, "phone-numbers:create");
  const phoneNumber = new URLSearchParams(request.body).get("PhoneNumber") ?? "";
  if (!/^\+\d{8,15}$/.test(phoneNumber)) throw new TwilioProblem(400, 21421, "PhoneNumber is invalid");
  const row = newNumber(world, caller.account.sid, phoneNumber);
  numbers(world).put(row.sid, row);
  note(world, row, "create", { phoneNumber });
  return { status: 201, body: numberBody(row) };
}

export function oneNumber(request: SandboxRequest, caller: Caller, world: SandboxWorld, sid: string): SandboxResponse {
  const row = numbers(world).get(sid);
  if (row === undefined || row.accountSid !== caller.account.sid) throw missing(request);
  if (request.method === "GET") {
    requirePermission(caller, "phone-numbers:read");
    return { status: 200, body: numberBody(row) };
  }
  if (request.method === "DELETE") {
    requirePermission(caller, "phone-numbers:delete");
    numbers(world).remove(sid);
    note(world, row, "delete", { phoneNumber: row.phoneNumber });
    return { status: 204, body: null };
  }
  requirePermission(caller, "phone-numbers:update");
  return { status: 200, body: numberBody(updateNumber(world, row, new URLSearchParams(request.body))) };
}

/** Request member → row member, for what routes calls. */
const WRITABLE: Readonly<Record<string, keyof NumberRow>> = {
  FriendlyName: "friendlyName",
  VoiceUrl: "voiceUrl",
  VoiceMethod: "voiceMethod",
  VoiceFallbackUrl: "voiceFallbackUrl",
  VoiceFallbackMethod: "voiceFallbackMethod",
  StatusCallback: "statusCallback",
  StatusCallbackMethod: "statusCallbackMethod",
  VoiceApplicationSid: "voiceApplicationSid",
  TrunkSid: "trunkSid",
};

/** Applies the members that were sent; an empty one clears. Naming a trunk clears the application and the other way round. */
export function updateNumber(world: SandboxWorld, row: NumberRow, form: URLSearchParams): NumberRow {
  const sent = [...form].filter(([name]) => Object.hasOwn(WRITABLE, name));
  for (const [name, value] of sent) check(world, name, value);
  const changes = Object.fromEntries(sent.map(([name, value]) => [WRITABLE[name], value])) as Partial<NumberRow>;
  const override = changes.trunkSid ? { voiceApplicationSid: "" } : changes.voiceApplicationSid ? { trunkSid: "" } : {};
  const next: NumberRow = { ...row, ...changes, ...override, updatedAt: world.now() };
  numbers(world).put(row.sid, next);
  note(world, next, "update", { phoneNumber: row.phoneNumber, ...changes });
  return next;
}

function check(world: SandboxWorld, name: string, value: string): void {
  if (value === "") return;
  const isAddress = name.endsWith("Url") || name === "StatusCallback";
  if (isAddress && !/^https?:\/\/[^/\s]+/.test(value))
    throw new TwilioProblem(400, 21402, `${name} is not a valid URL`);
  if (name.endsWith("Method") && !["GET", "POST"].includes(value))
    throw new TwilioProblem(400, 21403, `${name} is not a valid HTTP method`);
  if (name === "VoiceApplicationSid" && applications(world).get(value) === undefined)
    throw new TwilioProblem(400, 21404, `${name} is not an application of this account`);
  if (name === "TrunkSid" && !/^TK[0-9a-fA-F]{32}$/.test(value))
    throw new TwilioProblem(400, 20001, `${name} is not a trunk of this account`);
}

const note = (world: SandboxWorld, row: NumberRow, effect: string, facts: JsonObject): void =>
  world.record({ effect, kind: "telephony.number", objectId: row.sid, account: row.accountSid, facts });
