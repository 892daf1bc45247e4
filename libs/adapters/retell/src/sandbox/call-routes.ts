import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";
import { ownAgent } from "./agent-routes.ts";
import { type Asked, missing, page, requireMember, RetellProblem } from "./answer.ts";
import { agents, type CallRow, calls, latestOf, versionOf } from "./rows.ts";

/** A call as Retell writes it. */
export const callBody = (row: CallRow): JsonObject => ({
  call_id: row.id,
  call_type: "phone_call",
  call_status: row.status,
  agent_id: row.agentId,
  agent_version: row.agentVersion,
  direction: row.direction,
  from_number: row.from,
  to_number: row.to,
  metadata: row.metadata,
  retell_llm_dynamic_variables: row.variables,
  opt_in_signed_url: false,
  ...(row.startedAt > 0 ? { start_timestamp: row.startedAt } : {}),
  ...(row.endedAt > 0
    ? {
        end_timestamp: row.endedAt,
        duration_ms: row.endedAt - row.startedAt,
        disconnection_reason: row.endReason,
        transcript: "",
        latency: { e2e: { p50: 620, p90: 810, p95: 870, max: 930, min: 480, num: 4, values: [480, 620, 810, 930] } },
      }
    : {}),
});

/** Calls in progress or about to be. A registration counts for five minutes. */
export const liveCalls = (world: Asked["world"], org: string): number =>
  calls(world)
    .all()
    .filter((row) => row.org === org && row.status === "ongoing").length;

export function registerCall({ body, world, org }: Asked): SandboxResponse {
  requireMember(body, "agent_id", "string");
  if (org.isPaymentDue) throw new RetellProblem(402, "Trial has ended, please add payment method.");
  if (liveCalls(world, org.id) >= org.concurrencyLimit)
    throw new RetellProblem(429, "Account rate limited, please throttle your requests.");
  const agent = ownAgent(world, org.id, String(body["agent_id"]));
  const wanted = body["agent_version"];
  const version = typeof wanted === "number" || typeof wanted === "string" ? versionOf(agent, wanted) : latestOf(agent);
  if (version === undefined) throw missing();
  const row: CallRow = {
    id: world.newId("call_", 32),
    org: org.id,
    agentId: agent.id,
    agentVersion: version.version,
    status: "registered",
    from: String(body["from_number"] ?? ""),
    to: String(body["to_number"] ?? ""),
    direction: String(body["direction"] ?? "inbound"),
    metadata: objectOf(body["metadata"]),
    variables: objectOf(body["retell_llm_dynamic_variables"]),
    registeredAt: world.now(),
    startedAt: 0,
    endedAt: 0,
    endReason: "",
    tools: [],
  };
  calls(world).put(row.id, row);
  const facts = { agentId: agent.id, agentVersion: version.version };
  world.record({ effect: "call-registered", kind: "voice-agent.call", objectId: row.id, account: org.id, facts });
  return { status: 201, body: callBody(row) };
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

export function getCall({ world, org, id }: Asked): SandboxResponse {
  const row = calls(world).get(id);
  if (row === undefined || row.org !== org.id) throw missing();
  return { status: 200, body: callBody(row) };
}

export const listCalls = (asked: Asked): SandboxResponse =>
  page(
    asked,
    calls(asked.world)
      .all({ forListing: true })
      .filter((row) => row.org === asked.org.id),
    callBody,
  );

export const concurrency = ({ world, org }: Asked): SandboxResponse => ({
  status: 200,
  body: {
    current_concurrency: liveCalls(world, org.id),
    concurrency_limit: org.concurrencyLimit,
    base_concurrency: org.concurrencyLimit,
    purchased_concurrency: 0,
    concurrency_purchase_limit: 100,
    remaining_purchase_limit: 100,
    reserved_inbound_concurrency: 0,
    concurrency_burst_enabled: false,
    concurrency_burst_limit: 0,
  },
});

/** Whether the version that a call is pinned to still exists. */
export function pinned(world: Asked["world"], call: CallRow) {
  const agent = agents(world).get(call.agentId);
  const version = agent && versionOf(agent, call.agentVersion);
  return agent === undefined || version === undefined ? null : { agent, version };
}
