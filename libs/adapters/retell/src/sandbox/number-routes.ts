import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";
import { ownAgent } from "./agent-routes.ts";
import { type Asked, missing, page, requireMember, RetellProblem } from "./answer.ts";
import { type NumberRow, phoneNumbers } from "./rows.ts";

export const numberBody = (row: NumberRow): JsonObject => ({
  phone_number: row.id,
  phone_number_type: "custom",
  phone_number_pretty: row.id,
  nickname: row.nickname,
  inbound_agents: row.inboundAgents,
  inbound_webhook_url: row.inboundWebhookUrl || null,
  last_modification_timestamp: row.modifiedAt,
});

/** Weights must name known agents and add up to 1. */
function agentsIn(asked: Asked, value: Json | undefined): NumberRow["inboundAgents"] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new RetellProblem(400, "Invalid request format: inbound_agents must be an array.");
  const agents = (value as readonly Json[]).filter(isJsonObject) as unknown as NumberRow["inboundAgents"];
  for (const agent of agents) ownAgent(asked.world, asked.org.id, agent.agent_id);
  const sum = agents.reduce((total, agent) => total + agent.weight, 0);
  if (agents.length > 0 && Math.abs(sum - 1) > 1e-9)
    throw new RetellProblem(400, "The weights of inbound_agents must add up to 1.");
  return agents;
}

export function importNumber(asked: Asked): SandboxResponse {
  const { body, world, org } = asked;
  requireMember(body, "phone_number", "string");
  requireMember(body, "termination_uri", "string");
  const row: NumberRow = {
    id: String(body["phone_number"]),
    org: org.id,
    nickname: String(body["nickname"] ?? ""),
    inboundAgents: agentsIn(asked, body["inbound_agents"]) ?? [],
    inboundWebhookUrl: String(body["inbound_webhook_url"] ?? ""),
    terminationUri: String(body["termination_uri"]),
    modifiedAt: world.now(),
  };
  phoneNumbers(world).put(row.id, row);
  note(asked, row, "create");
  return { status: 201, body: numberBody(row) };
}

export const getNumber = (asked: Asked): SandboxResponse => ({ status: 200, body: numberBody(ownNumber(asked)) });

export function updateNumber(asked: Asked): SandboxResponse {
  const row = ownNumber(asked);
  const webhook = asked.body["inbound_webhook_url"];
  const next: NumberRow = {
    ...row,
    inboundAgents: agentsIn(asked, asked.body["inbound_agents"]) ?? row.inboundAgents,
    inboundWebhookUrl: webhook === undefined ? row.inboundWebhookUrl : String(webhook ?? ""),
    nickname: typeof asked.body["nickname"] === "string" ? asked.body["nickname"] : row.nickname,
    modifiedAt: asked.world.now(),
  };
  phoneNumbers(asked.world).put(row.id, next);
  note(asked, next, "update");
  return { status: 200, body: numberBody(next) };
}

export function deleteNumber(asked: Asked): SandboxResponse {
  const row = ownNumber(asked);
  phoneNumbers(asked.world).remove(row.id);
  note(asked, row, "delete");
  return { status: 204, body: null };
}

export const listNumbers = (asked: Asked): SandboxResponse =>
  page(
    asked,
    phoneNumbers(asked.world)
      .all({ forListing: true })
      .filter((row) => row.org === asked.org.id),
    numberBody,
  );

/** The plus sign may be in the path as it is. */
function ownNumber({ world, org, id }: Asked): NumberRow {
  const row = phoneNumbers(world).get(id);
  if (row === undefined || row.org !== org.id) throw missing();
  return row;
}

const note = ({ world, org }: Asked, row: NumberRow, effect: string): void =>
  world.record({
    effect,
    kind: "voice-agent.number",
    objectId: row.id,
    account: org.id,
    facts: { inboundAgents: row.inboundAgents },
  });
