import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import { customerOf, plantDemo } from "./sandbox/accounts.ts";
import { complete } from "./sandbox/chat-route.ts";
import { getModel, isSetFor, listModels } from "./sandbox/models.ts";
import { failure, invalid, problem, ServiceProblem } from "./sandbox/problem.ts";
import { addScript, clearScripts } from "./sandbox/script.ts";

export { demoAccount } from "./sandbox/accounts.ts";

/** The chat protocol of OpenAI, Groq, Together and Fireworks, with a model behind it that follows the current objective. */
export const sandbox: SandboxVendor = {
  name: "openai",
  handle(request, world) {
    try {
      return route(request, world);
    } catch (error) {
      if (error instanceof ServiceProblem) return problem(error);
      throw error;
    }
  },
  failure,
  seed: plantDemo,
  actions: { script: addScript, clearScripts },
};

const MODEL_PATH = "/v1/models/";

function route(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  const customer = customerOf(request, world);
  if (customer === null) throw new ServiceProblem(401, "Incorrect API key provided.", { code: "invalid_api_key" });
  if (isSetFor(world, "down", customer)) return failure(503);
  const { method, path } = request;
  if (method === "POST" && path === "/v1/chat/completions") return complete(bodyOf(request), customer, world);
  if (method === "GET" && path === "/v1/models") return listModels(customer);
  if (method === "GET" && path.startsWith(MODEL_PATH))
    return getModel(decodeURIComponent(path.slice(MODEL_PATH.length)));
  throw new ServiceProblem(404, `Invalid URL (${method} ${path})`);
}

function bodyOf(request: SandboxRequest): JsonObject {
  try {
    const body: unknown = JSON.parse(request.body);
    if (isJsonObject(body)) return body;
  } catch {
    // answered below like any other malformed body
  }
  throw invalid("We could not parse the JSON body of your request.");
}
