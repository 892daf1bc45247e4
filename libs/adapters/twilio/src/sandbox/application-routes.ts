import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { type Caller, requirePermission } from "./access.ts";
import { missing, page, rfc2822 } from "./answer.ts";
import { type ApplicationRow, applications } from "./rows.ts";

const applicationBody = (row: ApplicationRow): JsonObject => ({
  sid: row.sid,
  account_sid: row.accountSid,
  api_version: "2010-04-01",
  friendly_name: row.friendlyName,
  date_created: rfc2822(row.createdAt),
  date_updated: rfc2822(row.updatedAt),
  voice_url: row.voiceUrl || null,
  voice_method: row.voiceMethod,
  voice_fallback_url: row.voiceFallbackUrl || null,
  voice_fallback_method: row.voiceFallbackMethod,
  voice_caller_id_lookup: false,
  status_callback: row.statusCallback || null,
  status_callback_method: row.statusCallbackMethod,
  sms_url: null,
  sms_method: "POST",
  sms_fallback_url: null,
  sms_fallback_method: "POST",
  sms_status_callback: null,
  message_status_callback: null,
  public_application_connect_enabled: false,
  uri: `/2010-04-01/Accounts/${row.accountSid}/Applications/${row.sid}.json`,
});

const WRITABLE: Readonly<Record<string, keyof ApplicationRow>> = {
  FriendlyName: "friendlyName",
  VoiceUrl: "voiceUrl",
  VoiceMethod: "voiceMethod",
  VoiceFallbackUrl: "voiceFallbackUrl",
  VoiceFallbackMethod: "voiceFallbackMethod",
  StatusCallback: "statusCallback",
  StatusCallbackMethod: "statusCallbackMethod",
};

const sentIn = (request: SandboxRequest): Partial<ApplicationRow> =>
  Object.fromEntries(
    [...new URLSearchParams(request.body)].flatMap(([name, value]) => {
      const member = WRITABLE[name];
      return member === undefined ? [] : [[member, value]];
    }),
  );

export function applicationList(request: SandboxRequest, caller: Caller, world: SandboxWorld): SandboxResponse {
  if (request.method === "GET") {
    requirePermission(caller, "applications:read");
    const rows = applications(world)
      .all({ forListing: true })
      .filter((row) => row.accountSid === caller.account.sid && isNamed(row, request.query.get("FriendlyName")));
    return page(request, "applications", rows.map(applicationBody));
  }
  requirePermission(caller, "applications:create");
  const row: ApplicationRow = {
    sid: world.newId("AP", 34),
    accountSid: caller.account.sid,
    friendlyName: "",
    voiceUrl: "",
    voiceMethod: "POST",
    voiceFallbackUrl: "",
    voiceFallbackMethod: "POST",
    statusCallback: "",
    statusCallbackMethod: "POST",
    createdAt: world.now(),
    updatedAt: world.now(),
    ...sentIn(request),
  };
  applications(world).put(row.sid, row);
  note(world, row, "create");
  return { status: 201, body: applicationBody(row) };
}

const isNamed = (row: ApplicationRow, name: string | null): boolean => name === null || row.friendlyName === name;

export function oneApplication(
  request: SandboxRequest,
  caller: Caller,
  world: SandboxWorld,
  sid: string,
): SandboxResponse {
  const row = applications(world).get(sid);
  if (row === undefined || row.accountSid !== caller.account.sid) throw missing(request);
  if (request.method === "GET") return { status: 200, body: applicationBody(row) };
  requirePermission(caller, request.method === "DELETE" ? "applications:delete" : "applications:update");
  if (request.method === "DELETE") {
    applications(world).remove(sid);
    note(world, row, "delete");
    return { status: 204, body: null };
  }
  const next: ApplicationRow = { ...row, ...sentIn(request), updatedAt: world.now() };
  applications(world).put(sid, next);
  note(world, next, "update");
  return { status: 200, body: applicationBody(next) };
}

const note = (world: SandboxWorld, row: ApplicationRow, effect: string): void =>
  world.record({
    effect,
    kind: "telephony.application",
    objectId: row.sid,
    account: row.accountSid,
    facts: { friendlyName: row.friendlyName, voiceUrl: row.voiceUrl },
  });
