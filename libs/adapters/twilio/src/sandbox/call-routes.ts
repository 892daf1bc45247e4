import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { type Caller, requirePermission } from "./access.ts";
import { missing, page, rfc2822, TwilioProblem } from "./answer.ts";
import { callOf, endCall, leaveStream, legEnded, record, runAddress, runDocument } from "./carrier.ts";
import { hangUpAgent } from "./hang-up.ts";
import { type CallRow, calls } from "./rows.ts";

export const callBody = (row: CallRow): JsonObject => ({
  sid: row.sid,
  account_sid: row.accountSid,
  parent_call_sid: null,
  phone_number_sid: row.numberSid,
  group_sid: null,
  trunk_sid: null,
  from: row.from,
  from_formatted: row.from,
  to: row.to,
  to_formatted: row.to,
  // `initiated` is a word of status callbacks only.
  status: row.status === "initiated" ? "queued" : row.status,
  direction: row.direction,
  answered_by: row.answeredBy || null,
  caller_name: null,
  forwarded_from: row.forwardedFrom || null,
  api_version: "2010-04-01",
  date_created: rfc2822(row.startedAt),
  date_updated: rfc2822(Math.max(row.startedAt, row.endedAt)),
  start_time: rfc2822(row.startedAt),
  end_time: row.endedAt > 0 ? rfc2822(row.endedAt) : null,
  duration: row.endedAt > 0 ? String(Math.round((row.endedAt - row.startedAt) / 1000)) : null,
  price: null,
  price_unit: "USD",
  queue_time: "0",
  uri: `/2010-04-01/Accounts/${row.accountSid}/Calls/${row.sid}.json`,
  subresource_uris: { recordings: `/2010-04-01/Accounts/${row.accountSid}/Calls/${row.sid}/Recordings.json` },
});

export function listCalls(request: SandboxRequest, caller: Caller, world: SandboxWorld): SandboxResponse {
  requirePermission(caller, "calls:read");
  const wanted = ["Status", "To", "From"].map((name) => request.query.get(name));
  const rows = calls(world)
    .all({ forListing: true })
    .filter((row) => row.accountSid === caller.account.sid)
    .filter((row) => [row.status, row.to, row.from].every((value, index) => (wanted[index] ?? value) === value));
  return page(request, "calls", rows.toReversed().map(callBody));
}

export function oneCall(request: SandboxRequest, caller: Caller, world: SandboxWorld, sid: string): SandboxResponse {
  const row = calls(world).get(sid);
  if (row === undefined || row.accountSid !== caller.account.sid) throw missing(request);
  if (request.method === "GET") {
    requirePermission(caller, "calls:read");
    return { status: 200, body: callBody(row) };
  }
  requirePermission(caller, "calls:update");
  if (row.endedAt > 0) throw new TwilioProblem(400, 21220, "Call is not in-progress. Cannot redirect.");
  const form = new URLSearchParams(request.body);
  record(world, row, "call-redirected", { url: form.get("Url") ?? "", status: form.get("Status") ?? "" });
  redirect(world, row, form).catch((error: unknown) => console.error("sandbox twilio: redirect failed", error));
  return { status: 200, body: callBody(row) };
}

/** Takes the call out of what it is connected to and runs the new document, after the request has been answered. */
async function redirect(world: SandboxWorld, row: CallRow, form: URLSearchParams): Promise<void> {
  await Promise.resolve();
  leaveStream(world, row.sid, "redirect");
  await hangUpAgent(world, row, "call_transfer");
  const [url, twiml, status] = [form.get("Url"), form.get("Twiml"), form.get("Status")];
  if (status === "completed" || status === "canceled") return endCall(world, row.sid, "completed");
  if (twiml !== null) return runDocument(world, row.sid, row.documents.at(-1)?.url ?? "", twiml);
  if (url !== null) return runAddress(world, row.sid, { url, method: form.get("Method") === "GET" ? "GET" : "POST" });
}

/** Input `{callSid, by?: caller | agent | agent-failed}`: the caller hangs up, the agent ends its leg, or the agent's leg breaks. */
export async function endCallAction(input: JsonObject, world: SandboxWorld): Promise<void> {
  const call = callOf(world, String(input["callSid"]));
  const by = input["by"] ?? "caller";
  const wasStream = call.connected.to === "stream";
  leaveStream(world, call.sid, by === "caller" ? "caller" : "service");
  const legOf = (status: "completed" | "failed") =>
    wasStream ? null : ({ status, legSid: world.newId("CA", 34) } as const);
  const seconds = call.legStartedAt > 0 ? Math.round((world.now() - call.legStartedAt) / 1000) : 0;
  await hangUpAgent(world, call, by === "caller" ? "user_hangup" : by === "agent" ? "agent_hangup" : "error_retell");
  if (by === "caller") {
    await endCall(world, call.sid, "completed");
    if (call.actionUrl !== "") await legEnded(world, call.sid, legOf("completed"), seconds);
    return;
  }
  if (!(await legEnded(world, call.sid, legOf(by === "agent" ? "completed" : "failed"), seconds)))
    await endCall(world, call.sid, "completed");
}
