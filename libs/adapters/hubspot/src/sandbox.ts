import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import { requireScope, setGrantedScopes, tokenInfo } from "./sandbox/access.ts";
import { demoAccount } from "./sandbox/account.ts";
import { failure, notFound, type PortalRequest, Refusal } from "./sandbox/answers.ts";
import { associateByDefault, listAssociated } from "./sandbox/associations.ts";
import {
  archivePipeline,
  changePipeline,
  createPipeline,
  listPipelines,
  patchPipeline,
  readPipeline,
  replacePipeline,
} from "./sandbox/pipelines.ts";
import { readBatch, upsertBatch } from "./sandbox/record-batches.ts";
import { searchRecords } from "./sandbox/record-search.ts";
import { archiveRecord, createRecord, readRecord, updateRecord } from "./sandbox/records.ts";
import {
  archiveGroup,
  archiveProperty,
  changeProperty,
  createGroup,
  createProperty,
  listGroups,
  listProperties,
  readGroup,
  readProperty,
  updateGroup,
  updateProperty,
} from "./sandbox/schema.ts";
import { addPortal, seedDemoPortal } from "./sandbox/seed.ts";
import { pipelines, portalWorld, properties, records } from "./sandbox/tables.ts";

export { demoAccount };

interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** `{object}` stands for the object in the path; notes are written with the contacts' scope. */
  readonly scope: string;
  readonly answer: (portal: PortalRequest) => SandboxResponse;
}

/** `METHOD /path/{part}`; a part is one segment. */
function route(line: string, scope: string, answer: Route["answer"]): Route {
  const [method = "", path = ""] = line.split(" ");
  return { method, path: new RegExp(`^${path.replaceAll(/\{(\w+)\}/gu, "(?<$1>[^/]+)")}$`, "u"), scope, answer };
}

const GROUPS = "/crm/v3/properties/{object}/groups";
const PROPERTIES = "/crm/v3/properties/{object}";
const PIPELINES = "/crm/v3/pipelines/{object}";
const RECORDS = "/crm/v3/objects/{object}";
const V4 = "/crm/v4/objects/{object}/{id}/associations";
const SCHEMA_READ = "crm.schemas.{object}.read";
const SCHEMA_WRITE = "crm.schemas.{object}.write";
const READ = "crm.objects.{object}.read";
const WRITE = "crm.objects.{object}.write";

const ROUTES: readonly Route[] = [
  route(`POST ${GROUPS}`, SCHEMA_WRITE, createGroup),
  route(`GET ${GROUPS}`, SCHEMA_READ, listGroups),
  route(`GET ${GROUPS}/{name}`, SCHEMA_READ, readGroup),
  route(`PATCH ${GROUPS}/{name}`, SCHEMA_WRITE, updateGroup),
  route(`DELETE ${GROUPS}/{name}`, SCHEMA_WRITE, archiveGroup),
  route(`POST ${PROPERTIES}`, SCHEMA_WRITE, createProperty),
  route(`GET ${PROPERTIES}`, SCHEMA_READ, listProperties),
  route(`GET ${PROPERTIES}/{name}`, SCHEMA_READ, readProperty),
  route(`PATCH ${PROPERTIES}/{name}`, SCHEMA_WRITE, updateProperty),
  route(`DELETE ${PROPERTIES}/{name}`, SCHEMA_WRITE, archiveProperty),
  route(`POST ${PIPELINES}`, SCHEMA_WRITE, createPipeline),
  route(`GET ${PIPELINES}`, SCHEMA_READ, listPipelines),
  route(`GET ${PIPELINES}/{id}`, SCHEMA_READ, readPipeline),
  route(`PATCH ${PIPELINES}/{id}`, SCHEMA_WRITE, patchPipeline),
  route(`PUT ${PIPELINES}/{id}`, SCHEMA_WRITE, replacePipeline),
  route(`DELETE ${PIPELINES}/{id}`, SCHEMA_WRITE, archivePipeline),
  route(`POST ${RECORDS}/search`, READ, searchRecords),
  route(`POST ${RECORDS}/batch/upsert`, WRITE, upsertBatch),
  route(`POST ${RECORDS}/batch/read`, READ, readBatch),
  route(`POST ${RECORDS}`, WRITE, createRecord),
  route(`GET ${RECORDS}/{id}`, READ, readRecord),
  route(`PATCH ${RECORDS}/{id}`, WRITE, updateRecord),
  route(`DELETE ${RECORDS}/{id}`, WRITE, archiveRecord),
  route(`PUT ${V4}/default/{toObject}/{toId}`, WRITE, associateByDefault),
  route(`GET ${V4}/{toObject}`, READ, listAssociated),
];

/** HubSpot's CRM API v3, associations v4 and the private app's token information. */
export const sandbox: SandboxVendor = {
  name: "hubspot",
  handle(request, world) {
    const response = refusedOr(() => dispatch(request, world));
    return { ...response, headers: { ...RATE_LIMIT_HEADERS, ...response.headers } };
  },
  seed: seedDemoPortal,
  failure: (status) => {
    if (status === 429)
      return failure(429, "RATE_LIMITS", "You have reached your secondly limit.", {
        errorType: "RATE_LIMIT",
        policyName: "SECONDLY",
      });
    return failure(status, "INTERNAL_ERROR", "internal error");
  },
  actions: {
    editProperty: async (input, world) => editProperty(input, world),
    editPipeline: async (input, world) => editPipeline(input, world),
    deleteProperty: async (input, world) => ({
      removed: properties(world).remove(`${input["object"]}/${input["name"]}`),
    }),
    deletePipeline: async (input, world) => ({ removed: pipelines(world).remove(String(input["pipelineId"])) }),
    addContact: async (input, world) => addContact(input, world),
    addPortal,
    setGrantedScopes,
  },
};

const RATE_LIMIT_HEADERS = {
  "x-hubspot-ratelimit-daily": "250000",
  "x-hubspot-ratelimit-daily-remaining": "249876",
  "x-hubspot-ratelimit-interval-milliseconds": "10000",
  "x-hubspot-ratelimit-max": "100",
  "x-hubspot-ratelimit-remaining": "96",
  "x-hubspot-ratelimit-secondly": "19",
  "x-hubspot-ratelimit-secondly-remaining": "18",
};

function refusedOr(work: () => SandboxResponse): SandboxResponse {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

function dispatch(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  if (request.method === "POST" && request.path === "/oauth/v2/private-apps/get/access-token-info") {
    requireScope(request, world, []);
    return tokenInfo(request, world);
  }
  for (const { method, path, scope, answer } of ROUTES) {
    const parts = method === request.method ? path.exec(request.path)?.groups : undefined;
    if (parts === undefined) continue;
    const decoded = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, decodeURIComponent(part)]));
    const owner = decoded["object"] === "notes" ? "contacts" : (decoded["object"] ?? "");
    const hubId = requireScope(request, world, [scope.replace("{object}", owner)]);
    return answer({ request, world: portalWorld(world, hubId), hubId, path: decoded });
  }
  return notFound();
}

function editProperty(input: JsonObject, world: SandboxWorld): JsonObject {
  const id = `${input["object"]}/${input["name"]}`;
  const row = properties(world).get(id);
  if (row === undefined) throw new TypeError(`there is no property ${id}`);
  const next = changeProperty(world, row, input);
  properties(world).put(id, next);
  return next;
}

function editPipeline(input: JsonObject, world: SandboxWorld): JsonObject {
  const row = pipelines(world).get(String(input["pipelineId"]));
  if (row === undefined) throw new TypeError("there is no such pipeline");
  const added = (input["addStage"] ?? null) as { id: string; label: string } | null;
  const at = new Date(world.now()).toISOString();
  const stages =
    added === null
      ? row.stages
      : [
          ...row.stages,
          {
            id: added.id,
            label: added.label,
            displayOrder: 90,
            metadata: { probability: "0.5" },
            createdAt: at,
            updatedAt: at,
          },
        ];
  const next = { ...changePipeline(world, row, input), stages };
  pipelines(world).put(row.id, next);
  return next;
}

/** What a person types into the portal by hand. */
function addContact(input: JsonObject, world: SandboxWorld): JsonObject {
  const id = String(input["id"] ?? world.newId("9", 6));
  const at = new Date(world.now()).toISOString();
  const row = {
    id,
    properties: { ...(input["properties"] as Record<string, string>), hs_object_id: id },
    createdAt: at,
    updatedAt: at,
  };
  records(world, "contacts").put(id, row);
  return row;
}
