import type { Json, JsonObject } from "@tandem/kernel";
import { jsonBody, type Operation, templatePattern, type VendorInterface } from "./interface.ts";
import { type SchemaChecker, schemaChecker } from "./json-schema.ts";
import type { RecordedExchange } from "./recording.ts";

interface Method {
  readonly httpMethod: string;
  readonly path: string;
  readonly parameters?: Readonly<
    Record<string, JsonObject & { location: string; required?: boolean; repeated?: boolean; type: string }>
  >;
  readonly request?: { readonly $ref: string };
  readonly response?: { readonly $ref: string };
}

/** A Discovery document, as far as it is used. */
export interface DiscoveryDocument {
  readonly servicePath: string;
  readonly resources: Readonly<Record<string, { readonly methods: Readonly<Record<string, Method>> }>>;
  readonly schemas: Readonly<Record<string, JsonObject>>;
}

/** A Google API as an interface. Its description names no status codes: a method answers 204 when it has no response, else 200. */
export function discoveryInterface(document: DiscoveryDocument): VendorInterface {
  const schemas = Object.fromEntries(
    Object.entries(document.schemas).map(([name, schema]) => [name, closed(schema as Json)]),
  );
  const checker = schemaChecker({ schemas });
  const routes = Object.values(document.resources)
    .flatMap(({ methods }) => Object.values(methods))
    .map((method) => ({
      method: method.httpMethod,
      pattern: templatePattern(`/${document.servicePath}${method.path}`),
      operation: operationOf(checker, method),
    }));
  return {
    find: ({ request }) =>
      TOKEN_OPERATIONS[`${request.method} ${request.path}`] ??
      routes.find(({ method, pattern }) => method === request.method && pattern.test(request.path))?.operation,
  };
}

/** JSON Schema out of Discovery's dialect: references by name, objects without members that are not described, loose Google formats. */
function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => closed(item as Json));
  if (typeof value !== "object" || value === null) return value;
  const source = value as JsonObject;
  if (typeof source["$ref"] === "string") return { $ref: `#/schemas/${source["$ref"]}` };
  const { type, properties, items, additionalProperties, format } = source;
  return {
    ...(type === undefined || type === "any" ? {} : { type }),
    ...(["date-time", "date"].includes(String(format)) ? { format: format as Json } : {}),
    ...(source["enum"] === undefined ? {} : { enum: source["enum"] }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(properties === undefined ? {} : { properties: mapped(properties as JsonObject) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: closed(additionalProperties) }),
    ...(additionalProperties === undefined && properties !== undefined ? { additionalProperties: false } : {}),
  };
}

const mapped = (properties: JsonObject): Json =>
  Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, closed(property)]));

const reference = (name: string): Json => ({ $ref: `#/schemas/${name}` });

function operationOf(checker: SchemaChecker, method: Method): Operation {
  return {
    name: `${method.httpMethod} ${method.path}`,
    checkRequest: ({ request }) => {
      const body = jsonBody(request.body);
      return [
        ...checkQuery(checker, method, request.query),
        ...(body === undefined || method.request !== undefined ? [] : ["a body where none is described"]),
        ...(method.request === undefined ? [] : checker.check(reference(method.request.$ref), body)),
      ];
    },
    checkResponse: ({ response }) => {
      if (response.status >= 400) return checker.check(API_ERROR, response.body);
      const expected = method.response === undefined ? 204 : 200;
      if (response.status !== expected) return [`status ${response.status} instead of ${expected}`];
      if (method.response === undefined) return response.body === null ? [] : ["a body where none is described"];
      return checker.check(reference(method.response.$ref), response.body);
    },
  };
}

function checkQuery(checker: SchemaChecker, method: Method, query: URLSearchParams): readonly string[] {
  return [...query].flatMap(([name, value]) => {
    const parameter = method.parameters?.[name];
    if (parameter?.location !== "query") return [`the query has ${name}, which is not described`];
    const typed =
      parameter.type === "integer" ? Number(value) : parameter.type === "boolean" ? value === "true" : value;
    const repeated = parameter.repeated !== true && query.getAll(name).length > 1 ? [`the query repeats ${name}`] : [];
    const schema = { type: parameter.type, ...(parameter["enum"] === undefined ? {} : { enum: parameter["enum"] }) };
    return [...repeated, ...checker.check(schema as Json, typed).map((line) => `query ${name}: ${line}`)];
  });
}

/** The error body that every Google JSON API documents. */
const API_ERROR: Json = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "errors"],
      properties: {
        code: { type: "integer" },
        message: { type: "string" },
        status: { type: "string" },
        errors: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            required: ["domain", "reason", "message"],
            properties: { domain: { type: "string" }, reason: { type: "string" }, message: { type: "string" } },
          },
        },
      },
    },
  },
};

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  refresh_token: ["client_id", "client_secret", "refresh_token"],
  "urn:ietf:params:oauth:grant-type:jwt-bearer": ["assertion"],
};

const members = (body: Json | null, names: readonly string[]): readonly string[] =>
  names.filter((name) => (body as JsonObject | null)?.[name] === undefined).map((name) => `the body lacks ${name}`);

const tokenAnswer =
  (names: readonly string[]) =>
  ({ response }: RecordedExchange): readonly string[] =>
    members(response.body, response.status < 400 ? names : ["error"]);

/** The token endpoints: RFC 6749 §5 and §6, RFC 7523 §2.1. They are in no Discovery document. */
const TOKEN_OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /token": {
    name: "POST /token",
    checkRequest: ({ request }) => {
      const form = new URLSearchParams(request.body);
      const needed = GRANTS[form.get("grant_type") ?? ""];
      if (needed === undefined) return [`grant_type ${form.get("grant_type") ?? "missing"}`];
      const type = request.headers["content-type"] ?? "";
      return [
        ...needed.filter((name) => !form.has(name)).map((name) => `the form lacks ${name}`),
        ...(type.startsWith("application/x-www-form-urlencoded") ? [] : [`content type ${type}`]),
      ];
    },
    checkResponse: tokenAnswer(["access_token", "token_type", "expires_in"]),
  },
  "POST /tokeninfo": {
    name: "POST /tokeninfo",
    checkRequest: ({ request }) => (request.headers["authorization"]?.startsWith("Bearer ") ? [] : ["no bearer token"]),
    checkResponse: tokenAnswer(["aud", "scope", "expires_in"]),
  },
};
