import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { jsonBody, type Operation, templatePattern, type VendorInterface } from "./interface.ts";
import { type SchemaChecker, schemaChecker } from "./json-schema.ts";
import type { RecordedExchange } from "./recording.ts";

interface SdkOperation {
  readonly http: string;
  readonly path: string;
  readonly query: readonly string[] | "all params";
  readonly body: boolean;
  readonly params_type?: string;
  readonly returns: string;
}

/** The interface as derived from Retell's SDK: newer than its OpenAPI document. */
export interface SdkInterface {
  readonly operations: readonly SdkOperation[];
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

/** Types that the description has by another name: all our calls are phone calls. */
const ALIASES: Readonly<Record<string, string>> = { CallResponse: "PhoneCallResponse" };

/** Retell's SDK as an interface; operations that it does not describe are looked for in `older`. */
export function retellInterface(sdk: SdkInterface, older: VendorInterface): VendorInterface {
  const checker = schemaChecker({ definitions: sdk.definitions });
  const routes = sdk.operations.map((described) => ({
    method: described.http,
    pattern: templatePattern(described.path),
    operation: operationOf(checker, sdk, described),
  }));
  return {
    find: (exchange) =>
      routes.find(({ method, pattern }) => method === exchange.request.method && pattern.test(exchange.request.path))
        ?.operation ?? older.find(exchange),
  };
}

function operationOf(checker: SchemaChecker, sdk: SdkInterface, described: SdkOperation): Operation {
  return {
    name: `${described.http} ${described.path}`,
    checkRequest: (exchange) => checkRequest(checker, sdk, described, exchange),
    checkResponse: ({ response }) => {
      if (response.status >= 400) return checkProblem(response.body);
      const wanted = expectedStatus(described);
      if (!wanted.includes(response.status)) return [`status ${response.status} instead of ${wanted.join(" or ")}`];
      if (described.returns === "void") return response.body === null ? [] : ["a body where the SDK expects none"];
      const type = ALIASES[described.returns] ?? described.returns;
      if (sdk.definitions[type] === undefined) return [`the SDK's type ${type} is not in the description`];
      return checker.check({ $ref: `#/definitions/${type}` }, response.body);
    },
  };
}

/** Retell creates with 201, deletes with 204 and does everything else with 200. */
function expectedStatus({ http, path }: SdkOperation): readonly number[] {
  if (http === "DELETE") return [204];
  return /^\/(v\d\/)?(create|register|import)-/u.test(path) ? [201] : [200];
}

const checkProblem = (body: Json | null): readonly string[] =>
  isJsonObject(body) && body["status"] === "error" && typeof body["message"] === "string"
    ? []
    : ["a problem in another shape"];

/** Body and query together are what the SDK's method takes: each member must be described and in its place. */
function checkRequest(
  checker: SchemaChecker,
  sdk: SdkInterface,
  described: SdkOperation,
  { request }: RecordedExchange,
): readonly string[] {
  const schema = sdk.definitions[described.params_type ?? ""] ?? { type: "object", properties: {} };
  const body = (jsonBody(request.body) ?? {}) as JsonObject;
  const query = Object.fromEntries([...request.query].map(([name, value]) => [name, typed(schema, name, value)]));
  const inQuery = described.query === "all params" ? Object.keys(propertiesOf(schema)) : described.query;
  return [
    ...Object.keys(query)
      .filter((name) => !inQuery.includes(name))
      .map((name) => `the query has ${name}, which is not described`),
    ...Object.keys(body)
      .filter((name) => propertiesOf(schema)[name] === undefined)
      .map((name) => `the body has ${name}, which is not described`),
    ...Object.keys(body)
      .filter((name) => inQuery.includes(name))
      .map((name) => `the body has ${name}, which belongs into the query`),
    ...checker.check(schema, { ...query, ...body }),
  ];
}

const propertiesOf = (schema: JsonObject): Readonly<Record<string, JsonObject>> =>
  (schema["properties"] ?? {}) as Readonly<Record<string, JsonObject>>;

function typed(schema: JsonObject, name: string, value: string): Json {
  const type = propertiesOf(schema)[name]?.["type"];
  const types = Array.isArray(type) ? (type as readonly Json[]) : [type ?? "string"];
  if (types.includes("number") && /^\d+$/u.test(value)) return Number(value);
  return types.includes("boolean") ? value === "true" : value;
}
