import type { JsonObject } from "@tandem/kernel";
import type { Listing, VendorObject, WriteTarget } from "@tandem/ports/vendor-resources";
import type { VendorRequests } from "@tandem/ports/vendor-call";
import { once, type Retell } from "./client.ts";
import { AgentFields } from "./descriptor.ts";
import { AgentAnswer, AgentItem, pageOf } from "./wire.ts";
import { everyPage, refusal, type RetellWorkspace, seenNow, unlessMissing } from "./workspace.ts";

const AgentPage = pageOf(AgentItem);

/** The key ends the agent's name: the one member that lists can be searched by. */
const NAME_WITH_KEY = /^(?<name>.*) #(?<key>[0-9a-z]+)$/su;

/** The latest version of an agent. */
export const readAgent = (
  workspace: RetellWorkspace,
  requests: VendorRequests,
  agentId: string,
): Promise<VendorObject | null> =>
  unlessMissing(
    requests.read(async (signal) =>
      objectOf(workspace, AgentAnswer.parse(await workspace.sdk.agent.retrieve(agentId, {}, once(signal)))),
    ),
  );

export async function findAgents(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  externalKey: string,
): Promise<Listing<VendorObject>> {
  const all = await everyPage((query) =>
    requests.read(async (signal) =>
      AgentPage.parse(
        await workspace.sdk.agent.list(
          { ...query, sort_order: "ascending", filter_criteria: { query: externalKey } },
          once(signal),
        ),
      ),
    ),
  );
  const ours = all.items.filter((item) => splitName(item.agent_name ?? "").key === externalKey);
  const found = await Promise.all(ours.map((item) => readAgent(workspace, requests, item.agent_id)));
  return { items: found.filter((agent) => agent !== null), complete: all.complete };
}

export function createAgent(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  target: WriteTarget,
): Promise<VendorObject> {
  const body = requestOf(target);
  return requests.write(async (signal) =>
    objectOf(workspace, AgentAnswer.parse(await workspace.sdk.agent.create(body, once(signal)))),
  );
}

/** Opens a new version of the latest one; a draft that is already open is used as it is. */
export async function draftAgent(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  agentId: string,
): Promise<VendorObject> {
  const latest = await present(workspace, requests, agentId, "draft");
  if (!latest.published) return latest;
  return requests.write(async (signal) => {
    const base = { base_version: Number(latest.version) };
    return objectOf(workspace, AgentAnswer.parse(await workspace.sdk.agent.createVersion(agentId, base, once(signal))));
  });
}

/** Writes the fields of the latest version. Retell refuses when that one is published. */
export function updateAgent(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  agentId: string,
  target: WriteTarget,
): Promise<VendorObject> {
  const body = requestOf(target);
  return requests.write(async (signal) =>
    objectOf(workspace, AgentAnswer.parse(await workspace.sdk.agent.update(agentId, body, once(signal)))),
  );
}

/** Freezes the latest version (and its LLM's); one that is frozen already is left alone. The vendor's answer is empty. */
export async function publishAgent(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  agentId: string,
  target: WriteTarget,
): Promise<VendorObject> {
  const latest = await present(workspace, requests, agentId, "publish");
  if (latest.published) return latest;
  await requests.write((signal) =>
    workspace.sdk.agent.publish(
      agentId,
      { version: Number(latest.version), version_title: target.label },
      once(signal),
    ),
  );
  return { ...latest, published: true };
}

export async function deleteAgent(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  agentId: string,
): Promise<null> {
  await unlessMissing(requests.write((signal) => workspace.sdk.agent.delete(agentId, once(signal))));
  return null;
}

async function present(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  agentId: string,
  verb: string,
): Promise<VendorObject> {
  const latest = await requests.read(async (signal) =>
    AgentAnswer.parse(await workspace.sdk.agent.retrieve(agentId, {}, once(signal))),
  );
  if (!["retell-llm", "custom-llm"].includes(latest.response_engine.type))
    throw refusal(`${verb} voice-agent.agent`, "the agent no longer answers through an LLM that Tandem knows");
  return objectOf(workspace, latest);
}

function requestOf(target: WriteTarget): Retell.AgentCreateParams {
  const parsed = AgentFields.safeParse(target.fields);
  if (!parsed.success || typeof parsed.data.webhookUrl !== "string")
    throw refusal(`write ${target.kind}`, "the fields are not an agent's, or references in them are not resolved");
  const { data: fields } = parsed;
  return {
    agent_name: `${fields.name} #${target.externalKey}`,
    response_engine: engineOf(target.kind, fields),
    voice_id: fields.voiceId,
    language: fields.language as NonNullable<Retell.AgentCreateParams["language"]>,
    webhook_url: parsed.data.webhookUrl,
    interruption_sensitivity: fields.interruptionSensitivity,
    end_call_after_silence_ms: fields.endCallAfterSilenceMs,
    max_call_duration_ms: fields.maxCallDurationMs,
    boosted_keywords: fields.boostedKeywords,
  };
}

function engineOf(kind: string, fields: AgentFields): Retell.AgentCreateParams["response_engine"] {
  const { llmId, llmVersion, llmWebsocketUrl } = fields;
  if (llmWebsocketUrl !== undefined) return { type: "custom-llm", llm_websocket_url: llmWebsocketUrl };
  if (typeof llmId !== "string" || typeof llmVersion !== "string")
    throw refusal(`write ${kind}`, "the references to the agent's LLM are not resolved");
  return { type: "retell-llm", llm_id: llmId, version: Number(llmVersion) };
}

function splitName(agentName: string): { name: string; key: string | null } {
  const { name, key } = NAME_WITH_KEY.exec(agentName)?.groups ?? {};
  return name === undefined || key === undefined ? { name: agentName, key: null } : { name, key };
}

function objectOf(workspace: RetellWorkspace, agent: AgentAnswer): VendorObject {
  const { name, key } = splitName(agent.agent_name ?? "");
  return seenNow(workspace, {
    externalId: agent.agent_id,
    externalKey: key,
    version: String(agent.version),
    published: agent.is_published === true,
    fields: fieldsOf(agent, name),
  });
}

const fieldsOf = (agent: AgentAnswer, name: string): JsonObject => ({
  name,
  ...engineFields(agent.response_engine),
  voiceId: agent.voice_id,
  language: agent.language ?? "en-US",
  webhookUrl: agent.webhook_url ?? "",
  interruptionSensitivity: agent.interruption_sensitivity ?? 1,
  endCallAfterSilenceMs: agent.end_call_after_silence_ms ?? 600_000,
  maxCallDurationMs: agent.max_call_duration_ms ?? 3_600_000,
  boostedKeywords: agent.boosted_keywords ?? [],
});

/** An engine of a kind that Tandem does not make shows as drift by its type. */
const engineFields = (engine: AgentAnswer["response_engine"]): JsonObject =>
  engine.type === "custom-llm"
    ? { llmWebsocketUrl: engine.llm_websocket_url ?? "" }
    : { llmId: engine.llm_id ?? engine.type, llmVersion: String(engine.version ?? 0) };
