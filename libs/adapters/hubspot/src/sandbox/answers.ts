import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";

/** A request that the portal has let in. */
export interface PortalRequest {
  readonly request: SandboxRequest;
  /** As the portal sees it: its own tables. */
  readonly world: SandboxWorld;
  readonly hubId: number;
  /** Named parts of the path. */
  readonly path: Readonly<Record<string, string>>;
}

export const answer = (status: number, body: Json | null): SandboxResponse => ({ status, body });

/** The error shape of every HubSpot API. */
export function failure(status: number, category: string, message: string, more: JsonObject = {}): SandboxResponse {
  const correlationId = "aeb5f871-7f07-4993-9211-075dc63e7cbf";
  return { status, body: { status: "error", message, correlationId, category, ...more } };
}

export const notFound = (message = "resource not found"): SandboxResponse => failure(404, "OBJECT_NOT_FOUND", message);
export const invalid = (message: string, more: JsonObject = {}): SandboxResponse =>
  failure(400, "VALIDATION_ERROR", message, more);
export const conflict = (message: string): SandboxResponse => failure(409, "CONFLICT", message);

/** A refusal thrown from anywhere below the router. */
export class Refusal extends Error {
  readonly response: SandboxResponse;

  constructor(response: SandboxResponse) {
    super(`refused with ${response.status}`);
    this.response = response;
  }
}

/** The request's JSON body; refuses what is no object. */
export function jsonBody(portal: PortalRequest): JsonObject {
  try {
    const parsed: unknown = JSON.parse(portal.request.body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  } catch {
    // falls through to the vendor's refusal
  }
  throw new Refusal(invalid("Invalid input JSON on line 1, column 1"));
}

/** Refuses a body that lacks required text members. */
export function requireText(body: JsonObject, members: readonly string[]): void {
  const missing = members.filter((member) => typeof body[member] !== "string" || body[member] === "");
  if (missing.length > 0) throw new Refusal(invalid(`Some required fields were not set: [${missing.join(", ")}]`));
}

/** The next numeric id of the portal, as text. */
export function nextId(world: SandboxWorld): string {
  const counters = world.collection<{ value: number }>("counters");
  const value = (counters.get("id")?.value ?? 100_000) + 1;
  counters.put("id", { value });
  return String(value);
}

export const isoNow = (world: SandboxWorld): string => new Date(world.now()).toISOString();
