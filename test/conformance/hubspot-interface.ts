import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { jsonBody, type Operation, templatePattern, type VendorInterface } from "./interface.ts";

interface Model {
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  readonly required?: readonly string[];
  readonly enums?: Readonly<Record<string, readonly string[]>>;
}

interface SdkOperation {
  readonly http: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly responses: Readonly<Record<string, string>>;
}

interface Area {
  readonly operations: readonly SdkOperation[];
  readonly models: Readonly<Record<string, Model>>;
}

/** The interface as derived from HubSpot's SDK. */
export interface HubspotSdkInterface {
  readonly areas: Readonly<Record<string, Area>>;
}

/**
 * Members that the vendor's reference pages describe and the SDK's models leave out: ids chosen by the client in the pipelines API, the
 * `status` of every error, and the policy of a 429.
 */
const DOCUMENTED_BESIDE: Readonly<Record<string, readonly string[]>> = {
  PipelineInput: ["pipelineId"],
  PipelineStageInput: ["stageId"],
  ModelError: ["status", "errorType", "policyName"],
};

/** The SDK's operations, the exact ones before the generic (`contacts` before `{objectType}`), without those whose body the description lacks (each has a double). */
export function hubspotInterface(description: HubspotSdkInterface): VendorInterface {
  const routes = Object.values(description.areas)
    .flatMap((area) => area.operations.map((operation) => ({ area, operation })))
    .filter(
      ({ area, operation }) =>
        operation.body === undefined ||
        operation.body.startsWith("Array<") ||
        area.models[operation.body] !== undefined,
    )
    .toSorted((one, other) => one.operation.path.split("{").length - other.operation.path.split("{").length)
    .map(({ area, operation }) => ({
      method: operation.http,
      pattern: templatePattern(operation.path),
      operation: operationOf(area, operation),
    }));
  return {
    find: ({ request }) =>
      request.path === TOKEN_INFO_PATH
        ? tokenInfo
        : routes.find(({ method, pattern }) => method === request.method && pattern.test(request.path))?.operation,
  };
}

const TOKEN_INFO_PATH = "/oauth/v2/private-apps/get/access-token-info";

/** From the vendor's page on private apps; not in the SDK. */
const tokenInfo: Operation = {
  name: `POST ${TOKEN_INFO_PATH}`,
  checkRequest: ({ request }) => membersOf(jsonBody(request.body) ?? null, ["tokenKey"]),
  checkResponse: ({ response }) =>
    membersOf(response.body, response.status < 400 ? ["userId", "hubId", "appId", "scopes"] : ["message", "category"]),
};

const membersOf = (body: Json, names: readonly string[]): readonly string[] =>
  names.filter((name) => !isJsonObject(body) || body[name] === undefined).map((name) => `the body lacks ${name}`);

function operationOf(area: Area, operation: SdkOperation): Operation {
  return {
    name: `${operation.http} ${operation.path}`,
    checkRequest: ({ request }) => {
      const undescribed = [...request.query.keys()].filter((name) => operation.query?.[name] === undefined);
      const body = jsonBody(request.body);
      return [
        ...undescribed.map((name) => `the query has ${name}, which is not described`),
        ...(operation.body === undefined
          ? body === undefined
            ? []
            : ["a body where none is described"]
          : checkType(area, operation.body, body, "body")),
      ];
    },
    checkResponse: ({ response }) => {
      if (response.status >= 400) return checkType(area, "ModelError", response.body, "error");
      const model = operation.responses[String(response.status)];
      if (model === undefined) return [`status ${response.status}, which makes the SDK throw`];
      if (model === "void") return response.body === null ? [] : ["a body where none is described"];
      return checkType(area, model, response.body, "body");
    },
  };
}

/** What is wrong with a value of a type as the SDK's models name it: `string`, `Date:date-time`, `Array<X>`, a map, a model. */
function checkType(area: Area, type: string, value: Json | undefined, at: string): readonly string[] {
  if (value === undefined) return [`${at} is missing`];
  const list = /^Array<(.+)>$/u.exec(type)?.[1];
  if (list !== undefined)
    return Array.isArray(value)
      ? value.flatMap((item, index) => checkType(area, list, item as Json, `${at}[${index}]`))
      : [`${at} must be a list`];
  const map = /^\{ \[key: string\]: (.+); \}$/u.exec(type)?.[1];
  if (map !== undefined)
    return isJsonObject(value)
      ? Object.entries(value).flatMap(([name, member]) => checkType(area, map, member, `${at}.${name}`))
      : [`${at} must be an object`];
  const alternatives = type.split(" | ");
  if (alternatives.length > 1)
    return alternatives.some((each) => checkType(area, each, value, at).length === 0) ? [] : [`${at} must be ${type}`];
  return checkPlain(area, type, value, at);
}

function checkPlain(area: Area, type: string, value: Json, at: string): readonly string[] {
  const [plain = "", format = ""] = type.split(":");
  const enumeration = area.models[plain]?.attributes["enum"];
  if (Array.isArray(enumeration))
    return enumeration.includes(value) ? [] : [`${at} must be one of ${enumeration.join(", ")}`];
  switch (plain) {
    case "any":
      return [];
    case "null":
      return value === null ? [] : [`${at} must be null`];
    case "Date":
      return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? [] : [`${at} must be a ${format}`];
    case "string":
    case "boolean":
      return typeof value === plain ? [] : [`${at} must be a ${plain}`];
    case "number":
      return typeof value === "number" && (format !== "int32" || Number.isInteger(value))
        ? []
        : [`${at} must be a number ${format}`];
    default:
      return checkModel(area, plain, value, at);
  }
}

function checkModel(area: Area, name: string, value: Json, at: string): readonly string[] {
  const model = area.models[name];
  if (model === undefined) return [`${at}: the description has no model ${name}`];
  if (!isJsonObject(value)) return [`${at} must be a ${name}`];
  const object: JsonObject = value;
  const beside = DOCUMENTED_BESIDE[name] ?? [];
  return [
    ...(model.required ?? []).filter((member) => object[member] === undefined).map((member) => `${at} lacks ${member}`),
    ...Object.entries(object).flatMap(([member, item]) => {
      const type = model.attributes[member];
      if (typeof type === "string") return checkType(area, type, item, `${at}.${member}`);
      return beside.includes(member) ? [] : [`${at} has ${member}, which is not described`];
    }),
  ];
}
