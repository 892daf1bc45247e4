import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { agentBody } from "./agent-routes.ts";
import { llmBody } from "./llm-routes.ts";
import { agents, latestOf, llms, type OrgRow, orgs, type VersionedRow } from "./rows.ts";

/** The workspace that exists in a fresh sandbox. An emulated credential: it opens nothing but this emulator. */
export const demoWorkspace = { id: "org_demo", name: "Tandem demo", apiKey: "key_sandbox_retell_demo" } as const;

export function plantDemo(world: SandboxWorld): void {
  const { id, name, apiKey } = demoWorkspace;
  if (orgs(world).get(id) !== undefined) return;
  orgs(world).put(id, { id, name, apiKeys: [apiKey], concurrencyLimit: 20, isPaymentDue: false });
}

/** Input `{id, name?, apiKeys, concurrencyLimit?, isPaymentDue?}`: another customer's workspace. The same id again changes it. */
export async function addWorkspace(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const id = String(input["id"]);
  const present = orgs(world).get(id);
  const row = {
    id,
    name: id,
    apiKeys: [],
    concurrencyLimit: 20,
    isPaymentDue: false,
    ...present,
    ...input,
  } as unknown as OrgRow;
  orgs(world).put(id, row);
  return { id };
}

/**
 * A person edits an agent (`{agentId, changes}`) in the dashboard, members in Retell's words. A published version is never changed:
 * the edit opens a draft, as the dashboard does.
 */
export async function editAgent(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const row = edited(agents(world).get(String(input["agentId"])), input, world);
  agents(world).put(row.id, row);
  return agentBody(row, latestOf(row));
}

/** The same for an LLM: `{llmId, changes}`. */
export async function editLlm(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const row = edited(llms(world).get(String(input["llmId"])), input, world);
  llms(world).put(row.id, row);
  return llmBody(row, latestOf(row));
}

function edited(row: VersionedRow | undefined, input: JsonObject, world: SandboxWorld): VersionedRow {
  if (row === undefined) throw new RangeError("there is no such object");
  const latest = latestOf(row);
  const changes = isJsonObject(input["changes"]) ? input["changes"] : {};
  const content = { ...latest.content, ...changes };
  const version = { ...latest, content, modifiedAt: world.now() };
  if (!latest.isPublished) return { ...row, versions: [...row.versions.slice(0, -1), version] };
  const draft = {
    ...version,
    version: latest.version + 1,
    baseVersion: latest.version,
    isPublished: false,
    title: null,
  };
  return { ...row, versions: [...row.versions, draft] };
}
