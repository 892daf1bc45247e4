import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { signedHeaders, toolRequestBody } from "../webhook.ts";
import { callBody, pinned } from "./call-routes.ts";
import { type CallRow, calls, llms, orgs, versionOf } from "./rows.ts";

/** One signed JSON request to the customer's server. */
export async function post(
  world: SandboxWorld,
  call: CallRow,
  target: { readonly url: string; readonly timeoutMs: number },
  payload: JsonObject,
): Promise<{ status: number; text: string }> {
  const body = JSON.stringify(payload);
  const key = orgs(world).get(call.org)?.apiKeys[0] ?? "";
  const response = await fetch(target.url, {
    method: "POST",
    headers: signedHeaders(key, body, world.now()),
    body,
    signal: AbortSignal.timeout(target.timeoutMs),
  });
  return { status: response.status, text: await response.text() };
}

/** Events of one call leave in order; each is tried three times. */
const sending = new Map<string, Promise<void>>();

const ATTEMPTS = 3;
const WEBHOOK_TIMEOUT_MS = 10_000;

/** Sends an event to the webhook of the agent version that the call is pinned to. Resolves when it was taken or given up. */
export function sendEvent(world: SandboxWorld, callId: string, event: string, extra: JsonObject = {}): Promise<void> {
  const call = calls(world).get(callId);
  const url = call && pinned(world, call)?.version.content["webhook_url"];
  if (call === undefined || typeof url !== "string" || url === "") return Promise.resolve();
  const payload = { event, call: { ...callBody(call), ...extra } };
  const sent = (sending.get(callId) ?? Promise.resolve()).then(() => insist(world, call, url, payload));
  sending.set(callId, sent);
  return sent;
}

async function insist(world: SandboxWorld, call: CallRow, url: string, payload: JsonObject): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const answer = await post(world, call, { url, timeoutMs: WEBHOOK_TIMEOUT_MS }, payload).catch(() => null);
    if (answer !== null && answer.status < 300) return;
    await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
  }
}

/**
 * The agent decides to use a tool: asks the tool's address as configured in the LLM version of the call's agent version. Throws a
 * RangeError when the agent has no such tool. Resolves with `{status, result}`; status 0 when no answer came in time.
 */
export async function callTool(
  world: SandboxWorld,
  call: CallRow,
  tool: string,
  args: JsonObject,
): Promise<JsonObject> {
  const configured = toolOf(world, call, tool);
  const payload = toolRequestBody(tool, args, callBody(call));
  const target = { url: String(configured["url"]), timeoutMs: Number(configured["timeout_ms"] ?? 120_000) };
  calls(world).put(call.id, { ...call, tools: [...call.tools, tool] });
  try {
    const { status, text } = await post(world, call, target, payload);
    return { status, result: jsonOr(text), url: target.url };
  } catch {
    return { status: 0, result: null, url: target.url };
  }
}

function toolOf(world: SandboxWorld, call: CallRow, name: string): JsonObject {
  const engine = pinned(world, call)?.version.content["response_engine"];
  const llm = isJsonObject(engine) ? llms(world).get(String(engine["llm_id"])) : undefined;
  const version = llm && versionOf(llm, isJsonObject(engine) ? (engine["version"] as number) : null);
  const tools = (version?.content["general_tools"] ?? []) as readonly JsonObject[];
  const found = tools.find((tool) => tool["name"] === name);
  if (found === undefined)
    throw new RangeError(`the agent has no tool ${name}; it has: ${tools.map((tool) => tool["name"]).join(", ")}`);
  return found;
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
