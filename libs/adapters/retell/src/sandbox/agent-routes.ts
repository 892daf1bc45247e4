import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { type Asked, missing, page, requireMember, RetellProblem } from "./answer.ts";
import { engineOf, ownLlm } from "./llm-routes.ts";
import {
  agents,
  latestOf,
  llms,
  phoneNumbers,
  type VersionedRow,
  type VersionRow,
  versionOf,
  withVersion,
} from "./rows.ts";

/** An agent as Retell writes it, with the members that the server adds by itself. */
export const agentBody = (row: VersionedRow, version: VersionRow): JsonObject => ({
  channel: "voice",
  language: "en-US",
  interruption_sensitivity: 1,
  responsiveness: 1,
  enable_backchannel: false,
  voice_speed: 1,
  volume: 1,
  voice_temperature: 1,
  end_call_after_silence_ms: 600_000,
  max_call_duration_ms: 3_600_000,
  reminder_trigger_ms: 10_000,
  webhook_timeout_ms: 10_000,
  opt_in_signed_url: false,
  data_storage_setting: "everything",
  ...version.content,
  agent_id: row.id,
  version: version.version,
  base_version: version.baseVersion,
  version_title: version.title,
  is_published: version.isPublished,
  assigned_tags: [],
  last_modification_timestamp: version.modifiedAt,
});

function check({ world, org }: Asked, body: JsonObject): void {
  const engine = body["response_engine"];
  if (engine === undefined) return;
  if (!isJsonObject(engine)) throw new RetellProblem(400, "Invalid request format: response_engine must be an object.");
  if (engine["type"] === "custom-llm") return checkSocketUrl(engine["llm_websocket_url"]);
  if (engine["type"] !== "retell-llm") return;
  const llm = ownLlm(world, org.id, String(engine["llm_id"]));
  if (versionOf(llm, engine["version"] as number | null | undefined) === undefined) throw missing();
}

function checkSocketUrl(url: Json | undefined): void {
  if (typeof url !== "string" || !/^wss?:\/\/\S+$/.test(url))
    throw new RetellProblem(400, "Invalid request format: llm_websocket_url must be a websocket url.");
}

export function createAgent(asked: Asked): SandboxResponse {
  const { body, world, org } = asked;
  requireMember(body, "voice_id", "string");
  requireMember(body, "response_engine", "object");
  check(asked, body);
  const first: VersionRow = {
    version: 0,
    baseVersion: null,
    isPublished: false,
    title: null,
    modifiedAt: world.now(),
    content: body,
  };
  const row: VersionedRow = { id: world.newId("agent_", 32), org: org.id, createdAt: world.now(), versions: [first] };
  agents(world).put(row.id, row);
  note(world, row, "create", first);
  return { status: 201, body: agentBody(row, first) };
}

export function getAgent({ request, world, org, id }: Asked): SandboxResponse {
  const row = ownAgent(world, org.id, id);
  const version = versionOf(row, request.query.get("version"));
  if (version === undefined) throw missing();
  return { status: 200, body: agentBody(row, version) };
}

export function updateAgent(asked: Asked): SandboxResponse {
  const { request, body, world, org, id } = asked;
  const row = ownAgent(world, org.id, id);
  const version = versionOf(row, request.query.get("version"));
  if (version === undefined) throw missing();
  if (version.isPublished) throw new RetellProblem(412, "Cannot update a published version of the agent.");
  check(asked, body);
  const next = { ...version, content: { ...version.content, ...body }, modifiedAt: world.now() };
  agents(world).put(id, withVersion(row, next));
  note(world, row, "update", next);
  return { status: 200, body: agentBody(row, next) };
}

/** A new draft copies its base, and its response engine gets a new draft version as well. */
export function createVersion({ body, world, org, id }: Asked): SandboxResponse {
  const row = ownAgent(world, org.id, id);
  requireMember(body, "base_version", "number");
  const base = versionOf(row, body["base_version"] as number);
  if (base === undefined) throw missing();
  const draft: VersionRow = {
    version: latestOf(row).version + 1,
    baseVersion: base.version,
    isPublished: false,
    title: null,
    modifiedAt: world.now(),
    content: { ...base.content, response_engine: draftEngine(world, org.id, base) },
  };
  const next = { ...row, versions: [...row.versions, draft] };
  agents(world).put(id, next);
  note(world, next, "draft", draft);
  return { status: 201, body: agentBody(next, draft) };
}

function draftEngine(world: SandboxWorld, org: string, base: VersionRow): JsonObject {
  const engine = engineOf(base) ?? {};
  if (engine["type"] !== "retell-llm") return engine;
  const llm = ownLlm(world, org, String(engine["llm_id"]));
  const from = versionOf(llm, engine["version"] as number | null | undefined);
  if (from === undefined) throw missing();
  const version = latestOf(llm).version + 1;
  const draft: VersionRow = {
    ...from,
    version,
    baseVersion: from.version,
    isPublished: false,
    modifiedAt: world.now(),
  };
  llms(world).put(llm.id, { ...llm, versions: [...llm.versions, draft] });
  return { ...engine, version };
}

/** Freezes a draft together with the version of the LLM that it names. The answer is empty. */
export function publishVersion({ body, world, org, id }: Asked): SandboxResponse {
  const row = ownAgent(world, org.id, id);
  requireMember(body, "version", "number");
  const version = versionOf(row, body["version"] as number);
  if (version === undefined) throw missing();
  if (version.isPublished) throw new RetellProblem(400, "The version is published already.");
  const title = typeof body["version_title"] === "string" ? body["version_title"] : null;
  const next = { ...version, isPublished: true, title, modifiedAt: world.now() };
  agents(world).put(id, withVersion(row, next));
  freezeEngine(world, next);
  note(world, row, "publish", next);
  return { status: 200, body: null };
}

function freezeEngine(world: SandboxWorld, version: VersionRow): void {
  const engine = engineOf(version);
  const llm = llms(world).get(String(engine?.["llm_id"]));
  const frozen = llm && versionOf(llm, engine?.["version"] as number | null | undefined);
  if (llm !== undefined && frozen !== undefined)
    llms(world).put(llm.id, withVersion(llm, { ...frozen, isPublished: true }));
}

export function deleteAgent({ world, org, id }: Asked): SandboxResponse {
  const row = ownAgent(world, org.id, id);
  const isBound = phoneNumbers(world)
    .all()
    .some((number) => number.inboundAgents.some((agent) => agent.agent_id === id));
  if (isBound) throw new RetellProblem(400, "The agent is still bound to a phone number.");
  agents(world).remove(id);
  note(world, row, "delete", latestOf(row));
  return { status: 204, body: null };
}

export function listAgents(asked: Asked): SandboxResponse {
  const filter = asked.body["filter_criteria"];
  const query = isJsonObject(filter) && typeof filter["query"] === "string" ? filter["query"].toLowerCase() : "";
  const rows = agents(asked.world)
    .all({ forListing: true })
    .filter((row) => row.org === asked.org.id && `${nameOf(row).toLowerCase()} ${row.id}`.includes(query));
  return page(asked, rows, (row) => ({
    agent_id: row.id,
    agent_name: nameOf(row),
    channel: "voice",
    tags: {},
    user_modified_timestamp: latestOf(row).modifiedAt,
  }));
}

export function listVersions(asked: Asked): SandboxResponse {
  const row = ownAgent(asked.world, asked.org.id, asked.id);
  const rows = row.versions.map((version) => ({ ...version, id: String(version.version) }));
  return page(asked, rows, (version) => ({
    version: version.version,
    ...(version.baseVersion === null ? {} : { base_version: version.baseVersion }),
    is_published: version.isPublished,
    ...(version.title === null ? {} : { version_title: version.title }),
    last_modification_timestamp: version.modifiedAt,
  }));
}

export const nameOf = (row: VersionedRow): string => String(latestOf(row).content["agent_name"] ?? "");

export function ownAgent(world: SandboxWorld, org: string, id: string): VersionedRow {
  const row = agents(world).get(id);
  if (row === undefined || row.org !== org) throw missing();
  return row;
}

function note(world: SandboxWorld, row: VersionedRow, effect: string, version: VersionRow): void {
  const [, key = null] = / #([0-9a-z]+)$/.exec(String(version.content["agent_name"] ?? "")) ?? [];
  const facts = { key, version: version.version };
  world.record({ effect, kind: "voice-agent.agent", objectId: row.id, account: row.org, facts });
}
