import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";
import { type Asked, missing, page, RetellProblem } from "./answer.ts";
import { agents, latestOf, llms, type VersionedRow, type VersionRow, versionOf, withVersion } from "./rows.ts";

/** An LLM as Retell writes it, with the members that the server adds by itself. */
export const llmBody = (row: VersionedRow, version: VersionRow): JsonObject => ({
  model: "gpt-4.1",
  model_temperature: 0,
  model_high_priority: false,
  tool_call_strict_mode: true,
  general_tools: [],
  states: null,
  knowledge_base_ids: null,
  ...version.content,
  llm_id: row.id,
  version: version.version,
  is_published: version.isPublished,
  last_modification_timestamp: version.modifiedAt,
});

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

function checkTools(tools: Json | undefined): void {
  if (tools === undefined || tools === null) return;
  if (!Array.isArray(tools)) throw new RetellProblem(400, "Invalid request format: general_tools must be an array.");
  const names = (tools as readonly Json[]).map((tool) => checkTool(tool));
  if (new Set(names).size !== names.length) throw new RetellProblem(422, "Tool names must be unique.");
}

function checkTool(tool: Json): string {
  if (!isJsonObject(tool) || typeof tool["type"] !== "string" || !TOOL_NAME.test(String(tool["name"])))
    throw new RetellProblem(400, "Invalid request format: a tool needs a type and a name of at most 64 characters.");
  if (tool["type"] === "custom") checkCustomTool(tool);
  return String(tool["name"]);
}

function checkCustomTool(tool: JsonObject): void {
  const timeout = tool["timeout_ms"];
  const parameters = tool["parameters"];
  if (!/^https?:\/\/\S+$/.test(String(tool["url"]))) throw new RetellProblem(422, "A custom tool needs a valid url.");
  if (timeout !== undefined && !(Number(timeout) >= 1000 && Number(timeout) <= 600_000))
    throw new RetellProblem(422, "timeout_ms must be between 1000 and 600000.");
  if (parameters !== undefined && (!isJsonObject(parameters) || parameters["type"] !== "object"))
    throw new RetellProblem(422, "parameters must be a JSON schema of type object.");
}

function check(body: JsonObject): void {
  checkTools(body["general_tools"]);
  const temperature = body["model_temperature"];
  if (temperature !== undefined && !(Number(temperature) >= 0 && Number(temperature) <= 1))
    throw new RetellProblem(400, "Invalid request format: model_temperature must be between 0 and 1.");
}

export function createLlm({ body, world, org }: Asked): SandboxResponse {
  if (body["start_speaker"] !== "agent" && body["start_speaker"] !== "user")
    throw new RetellProblem(400, "Invalid request format: start_speaker must be user or agent.");
  check(body);
  const first: VersionRow = {
    version: 0,
    baseVersion: null,
    isPublished: false,
    title: null,
    modifiedAt: world.now(),
    content: body,
  };
  const row: VersionedRow = { id: world.newId("llm_", 32), org: org.id, createdAt: world.now(), versions: [first] };
  llms(world).put(row.id, row);
  note(world, row, "create", first);
  return { status: 201, body: llmBody(row, first) };
}

export function getLlm({ request, world, org, id }: Asked): SandboxResponse {
  const row = ownLlm(world, org.id, id);
  const version = versionOf(row, request.query.get("version"));
  if (version === undefined) throw missing();
  return { status: 200, body: llmBody(row, version) };
}

export function updateLlm({ request, body, world, org, id }: Asked): SandboxResponse {
  const row = ownLlm(world, org.id, id);
  const version = versionOf(row, request.query.get("version"));
  if (version === undefined) throw missing();
  if (version.isPublished) throw new RetellProblem(412, "Cannot update a published version of the response engine.");
  check(body);
  const next = { ...version, content: { ...version.content, ...body }, modifiedAt: world.now() };
  llms(world).put(id, withVersion(row, next));
  note(world, row, "update", next);
  return { status: 200, body: llmBody(row, next) };
}

export function deleteLlm({ request, world, org, id }: Asked): SandboxResponse {
  const row = ownLlm(world, org.id, id);
  const isUsed = agents(world)
    .all()
    .some((agent) => agent.versions.some((version) => engineOf(version)?.["llm_id"] === id));
  if (isUsed && request.query.get("force_delete") !== "true")
    throw new RetellProblem(400, "The response engine is still used by an agent.");
  llms(world).remove(id);
  note(world, row, "delete", latestOf(row));
  return { status: 204, body: null };
}

export const listLlms = (asked: Asked): SandboxResponse =>
  page(
    asked,
    llms(asked.world)
      .all({ forListing: true })
      .filter((row) => row.org === asked.org.id),
    (row) => llmBody(row, latestOf(row)),
  );

/** The response engine that an agent's version names. */
export const engineOf = (version: VersionRow): JsonObject | null =>
  isJsonObject(version.content["response_engine"]) ? version.content["response_engine"] : null;

export function ownLlm(world: Asked["world"], org: string, id: string): VersionedRow {
  const row = llms(world).get(id);
  if (row === undefined || row.org !== org) throw missing();
  return row;
}

function note(world: Asked["world"], row: VersionedRow, effect: string, version: VersionRow): void {
  const variables = version.content["default_dynamic_variables"];
  const key = isJsonObject(variables) ? (variables["tandem_key"] ?? null) : null;
  const facts = { key, version: version.version };
  world.record({ effect, kind: "voice-agent.llm", objectId: row.id, account: row.org, facts });
}
