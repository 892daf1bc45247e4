import { createServer, type Server, type ServerResponse } from "node:http";
import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxRequest } from "@tandem/ports/sandbox";
import { parseFaultScript } from "./fault-script.ts";
import { readRequest } from "./http.ts";
import { sendWhole } from "./response.ts";
import type { SandboxState } from "./state.ts";

interface Asked {
  readonly state: SandboxState;
  readonly request: SandboxRequest;
  /** The path after its first segment. */
  readonly rest: readonly string[];
}

type Route = (asked: Asked) => Json | Promise<Json>;

/** `METHOD first-segment` → what it does. */
const ROUTES: Readonly<Record<string, Route>> = {
  "GET ready": ({ state }) => ({ ready: true, origins: Object.fromEntries(state.origins) }),
  "GET faults": ({ state }) => state.faults.list() as unknown as Json,
  "POST faults": ({ state, request }) => addFault(state, bodyOf(request)),
  "DELETE faults": ({ state, rest }) => {
    if (rest[0] === undefined) state.faults.clear();
    else if (!state.faults.remove(rest[0])) throw new RangeError(`no fault ${rest[0]}`);
    return null;
  },
  "PUT pace": ({ state, rest, request }) => {
    const { listLagMs, latencyMs } = objectOf(bodyOf(request));
    state.setPace(rest[0] ?? "", {
      ...(typeof listLagMs === "number" ? { listLagMs } : {}),
      ...(typeof latencyMs === "number" ? { latencyMs } : {}),
    });
    return { ...state.pace(rest[0] ?? "") };
  },
  "PUT settings": ({ state, rest, request }) => state.changeSettings(rest[0] ?? "", objectOf(bodyOf(request))),
  "PUT revoked": ({ state, rest, request }) => {
    const { credential, isRevoked } = objectOf(bodyOf(request));
    if (typeof credential !== "string") throw new TypeError("`credential` must be text");
    state.setRevoked(rest[0] ?? "", credential, isRevoked !== false);
    return null;
  },
  "POST actions": ({ state, rest, request }) => state.act(rest[0] ?? "", rest[1] ?? "", objectOf(bodyOf(request))),
  "GET ledger": ({ state, request }) => {
    const vendor = request.query.get("vendor");
    const after = Number(request.query.get("after") ?? 0);
    return state.ledger.read({ after, ...(vendor === null ? {} : { vendor }) }) as unknown as Json;
  },
  "DELETE ledger": ({ state }) => (state.ledger.clear(), null),
  "GET tables": ({ state, rest }) =>
    rest.length === 0 ? state.tables.names() : state.tables.collection(rest.join("/"), () => 0).all(),
  "POST reset": ({ state }) => (state.reset(), null),
};

/** The sandbox's own API: scripts, actions, ledger. Never part of a vendor's wire protocol. */
export function controlServer(opening: Promise<SandboxState>): Server {
  return createServer((incoming, outgoing) => {
    Promise.all([readRequest(incoming), opening])
      .then(([request, state]) => dispatch(state, request))
      .then((body) => sendWhole(outgoing, { status: 200, body }))
      .catch((error: unknown) => refuse(outgoing, error));
  });
}

function dispatch(state: SandboxState, request: SandboxRequest): Json | Promise<Json> {
  const [first = "", ...rest] = request.path.split("/").slice(1).map(decodeURIComponent);
  const name = `${request.method} ${first}`;
  const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
  if (route === undefined) throw new RangeError(`no such route; there are: ${Object.keys(ROUTES).join(", ")}`);
  return route({ state, request, rest });
}

function addFault(state: SandboxState, body: Json): Json {
  const script = parseFaultScript(body);
  state.vendor(script.vendor);
  return { id: state.faults.add(script) };
}

const bodyOf = (request: SandboxRequest): Json => (request.body === "" ? {} : (JSON.parse(request.body) as Json));

function objectOf(body: Json): JsonObject {
  if (!isJsonObject(body)) throw new TypeError("the body must be a JSON object");
  return body;
}

function refuse(outgoing: ServerResponse, error: unknown): void {
  const isUnknown = error instanceof RangeError;
  const isWrong = error instanceof TypeError || error instanceof SyntaxError;
  sendWhole(outgoing, {
    status: isUnknown ? 404 : isWrong ? 400 : 500,
    body: { error: error instanceof Error ? error.message : "the action failed" },
  });
}
