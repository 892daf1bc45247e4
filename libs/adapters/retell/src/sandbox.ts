import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import {
  createAgent,
  createVersion,
  deleteAgent,
  getAgent,
  listAgents,
  listVersions,
  publishVersion,
  updateAgent,
} from "./sandbox/agent-routes.ts";
import { type Asked, problem, RetellProblem } from "./sandbox/answer.ts";
import { endCall, startCall, useTool } from "./sandbox/call-actions.ts";
import { callBody, concurrency, getCall, listCalls, registerCall } from "./sandbox/call-routes.ts";
import { addWorkspace, editAgent, editLlm, plantDemo } from "./sandbox/console-actions.ts";
import { converse } from "./sandbox/converse.ts";
import { placeCall } from "./sandbox/held-number.ts";
import { createLlm, deleteLlm, getLlm, listLlms, updateLlm } from "./sandbox/llm-routes.ts";
import { deleteNumber, getNumber, importNumber, listNumbers, updateNumber } from "./sandbox/number-routes.ts";
import { calls, type OrgRow, orgs } from "./sandbox/rows.ts";
import { listVoices } from "./sandbox/voice-route.ts";

export { demoWorkspace } from "./sandbox/console-actions.ts";

type Route = (asked: Asked) => SandboxResponse;

/** `METHOD path`; a path that ends with a slash takes an id. */
const ROUTES: Readonly<Record<string, Route>> = {
  "POST /create-retell-llm": createLlm,
  "GET /get-retell-llm/": getLlm,
  "PATCH /update-retell-llm/": updateLlm,
  "DELETE /delete-retell-llm/": deleteLlm,
  "GET /v2/list-retell-llms": listLlms,
  "POST /create-agent": createAgent,
  "GET /get-agent/": getAgent,
  "PATCH /update-agent/": updateAgent,
  "DELETE /delete-agent/": deleteAgent,
  "POST /v2/list-agents": listAgents,
  "POST /create-agent-version/": createVersion,
  "GET /list-agent-versions/": listVersions,
  "POST /publish-agent-version/": publishVersion,
  "POST /import-phone-number": importNumber,
  "GET /get-phone-number/": getNumber,
  "PATCH /update-phone-number/": updateNumber,
  "DELETE /delete-phone-number/": deleteNumber,
  "GET /v2/list-phone-numbers": listNumbers,
  "POST /v2/register-phone-call": registerCall,
  "GET /v2/get-call/": getCall,
  "POST /v3/list-calls": listCalls,
  "GET /get-concurrency": concurrency,
  "GET /list-voices": listVoices,
  "GET /get-api-key-info": ({ org }) => ({ status: 200, body: { api_key_name: "sandbox", org_name: org.name } }),
};

/** The part of Retell that Tandem uses, and the agents' side of its calls. */
export const sandbox: SandboxVendor = {
  name: "retell",
  handle(request, world) {
    try {
      return route(request, world);
    } catch (error) {
      if (error instanceof RetellProblem) return problem(error.status, error.message);
      throw error;
    }
  },
  failure: (status) =>
    problem(
      status,
      status === 429 ? "Account rate limited, please throttle your requests." : "An unexpected server error occurred.",
    ),
  seed: plantDemo,
  actions: {
    startCall,
    callTool: useTool,
    endCall,
    describeCall: async (input, world) => {
      const call = calls(world).get(String(input["callId"]));
      if (call === undefined) throw new RangeError(`no call ${String(input["callId"])}`);
      return { ...callBody(call), tools: call.tools };
    },
    placeCall,
    converse,
    addWorkspace,
    editAgent,
    editLlm,
  },
};

function route(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  const org = authenticate(request, world);
  const cut = request.path.lastIndexOf("/") + 1;
  const whole = ROUTES[`${request.method} ${request.path}`];
  const withId = ROUTES[`${request.method} ${request.path.slice(0, cut)}`];
  const found = whole ?? withId;
  if (found === undefined) throw new RetellProblem(404, "Not found.");
  const id = whole === undefined ? decodeURIComponent(request.path.slice(cut)) : "";
  return found({ request, world, org, id, body: bodyOf(request) });
}

function authenticate(request: SandboxRequest, world: SandboxWorld): OrgRow {
  const key = /^Bearer (\S+)$/.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
  const org = orgs(world)
    .all()
    .find((row) => row.apiKeys.includes(key));
  if (org === undefined || world.isRevoked(key)) throw new RetellProblem(401, "API key is missing or invalid.");
  return org;
}

function bodyOf(request: SandboxRequest): JsonObject {
  if (request.body === "") return {};
  try {
    const body: unknown = JSON.parse(request.body);
    if (isJsonObject(body)) return body;
  } catch {
    // answered below like any other malformed body
  }
  throw new RetellProblem(400, "Invalid request format, please check API reference.");
}
