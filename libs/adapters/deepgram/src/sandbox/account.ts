import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxCollection, SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";

/** What a fresh sandbox holds. */
export const demoAccount = {
  projectId: "5d6a1c2e-0000-4000-8000-00000000d3e0",
  projectName: "Tandem Sandbox",
  apiKey: "sandbox-deepgram-key",
};

/** One project with one key. */
export interface ProjectRow extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly apiKey: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
}

export const projects = (world: SandboxWorld): SandboxCollection<ProjectRow> => world.collection("projects");

/** Plants the demo project. */
export function seed(world: SandboxWorld): void {
  const { projectId: id, projectName: name, apiKey } = demoAccount;
  const scopes = ["project:read", "keys:read", "usage:read", "usage:write"];
  projects(world).put(id, { id, name, apiKey, keyId: "5d6a1c2e-0000-4000-8000-0000000000e1", scopes });
}

/** The project that a request's key belongs to; undefined when the key is unknown or revoked. */
export function projectOf(request: SandboxRequest, world: SandboxWorld): ProjectRow | undefined {
  const key = /^(?:Token|Bearer) (\S+)$/iu.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
  if (key === "" || world.isRevoked(key)) return undefined;
  return projects(world)
    .all()
    .find((row) => row.apiKey === key);
}

/** Somebody gives the demo project's key other scopes in the console. Input `{scopes}`. */
export function setScopes(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const project = projects(world).get(demoAccount.projectId);
  const { scopes } = input;
  if (project === undefined || !Array.isArray(scopes)) return Promise.reject(new TypeError("`scopes` must be a list"));
  projects(world).put(project.id, { ...project, scopes: scopes.map(String) });
  return Promise.resolve({});
}

const WORDS: Readonly<Record<number, readonly [string, string]>> = {
  400: ["Bad Request", "The request is not one that this path serves."],
  401: ["INVALID_AUTH", "Invalid credentials."],
  402: [
    "ASR_PAYMENT_REQUIRED",
    "Project does not have enough credits for an ASR request and does not have an overage agreement.",
  ],
  403: ["FORBIDDEN", "Insufficient permissions."],
  404: ["NOT_FOUND", "Not found."],
  429: ["TOO_MANY_REQUESTS", "Too many requests. Please try again later."],
};

/** Deepgram's error body; its words are also in the header that a refused socket is read by. */
export function failure(status: number, words?: string): SandboxResponse {
  const [code, sentence] = WORDS[status] ?? ["INTERNAL_SERVER_ERROR", "An internal server error occurred."];
  const body: JsonObject = {
    err_code: code,
    err_msg: words ?? sentence,
    request_id: "5d6a1c2e-0000-4000-8000-0000000000ff",
  };
  return { status, headers: { "dg-error": words ?? sentence }, body };
}

/** A fresh id in the form of a UUID. */
export function newUuid(world: SandboxWorld): string {
  const hex = world.newId("", 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const ok = (body: Json): SandboxResponse => ({ status: 200, body });

/** The REST part: projects and their keys, as far as the probe reads them. */
export function handle(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  const project = projectOf(request, world);
  if (project === undefined) return failure(401);
  const own = { project_id: project.id, name: project.name };
  if (request.method !== "GET") return failure(404);
  if (request.path === "/v1/projects") return ok({ projects: [own] });
  if (request.path === `/v1/projects/${project.id}`) return ok(own);
  if (request.path === `/v1/projects/${project.id}/keys`) return keysOf(project);
  return failure(404);
}

function keysOf({ keyId, scopes }: ProjectRow): SandboxResponse {
  if (!scopes.includes("keys:read")) return failure(403);
  const member = { member_id: "5d6a1c2e-0000-4000-8000-0000000000a1", email: "ops@tandem.example" };
  const key = { api_key_id: keyId, comment: "sandbox", scopes: [...scopes], created: "2026-01-01T00:00:00.000Z" };
  return ok({ api_keys: [{ member, api_key: key }] });
}
