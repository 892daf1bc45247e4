import type { Json, JsonObject } from "@tandem/kernel";
import { jsonBody, type Operation, templatePattern, type VendorInterface } from "./interface.ts";
import { type SchemaChecker, schemaChecker } from "./json-schema.ts";
import type { RecordedExchange } from "./recording.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: JsonObject;
}

interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema: JsonObject }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonObject }>> }>
  >;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

/** A vendor's OpenAPI 3.0 document as an interface. */
export function openApiInterface(document: OpenApiDocument): VendorInterface {
  const checker = schemaChecker(document as unknown as Json);
  const routes = Object.entries(document.paths).flatMap(([template, item]) =>
    ["get", "post", "put", "patch", "delete"]
      .filter((method) => item[method] !== undefined)
      .map((method) => ({
        method: method.toUpperCase(),
        pattern: templatePattern(template),
        operation: operationOf(checker, `${method.toUpperCase()} ${template}`, item[method] as Described),
      })),
  );
  return {
    find: ({ request }) =>
      routes.find(({ method, pattern }) => method === request.method && pattern.test(request.path))?.operation,
  };
}

function operationOf(checker: SchemaChecker, name: string, described: Described): Operation {
  return {
    name,
    checkRequest: (exchange) => [
      ...checkQuery(checker, described, exchange),
      ...checkBody(checker, described, exchange),
    ],
    checkResponse: ({ response }) => {
      const expected = described.responses[String(response.status)] ?? described.responses["default"];
      if (expected === undefined) return response.status >= 400 ? [] : [`status ${response.status} is not described`];
      const schema = expected.content?.["application/json"]?.schema;
      if (schema === undefined) return response.body === null ? [] : ["a body where none is described"];
      return checker.check(schema, response.body);
    },
  };
}

function checkQuery(checker: SchemaChecker, { parameters = [] }: Described, { request }: RecordedExchange): string[] {
  const described = new Map(parameters.filter((each) => each.in === "query").map((each) => [each.name, each]));
  const missing = [...described.values()].filter((each) => each.required === true && !request.query.has(each.name));
  return [
    ...missing.map(({ name }) => `the query lacks ${name}`),
    ...[...request.query].flatMap(([name, value]) => {
      const parameter = described.get(name);
      if (parameter === undefined) return [`the query has ${name}, which is not described`];
      return checker
        .check(parameter.schema ?? {}, typed(parameter.schema, value))
        .map((line) => `query ${name}: ${line}`);
    }),
  ];
}

function checkBody(
  checker: SchemaChecker,
  { requestBody }: Described,
  { request }: RecordedExchange,
): readonly string[] {
  if (request.body === "") return [];
  const type = request.headers["content-type"]?.split(";")[0] ?? "";
  const schema = requestBody?.content?.[type]?.schema;
  if (schema === undefined) return [`a body of type ${type || "none"} is not described`];
  if (type === "application/json") return checker.check(schema, jsonBody(request.body));
  return checkForm(checker, schema, new URLSearchParams(request.body));
}

/** A form against an object schema. An empty member clears what is stored; patterns describe what is set, so it is not held against them. */
function checkForm(checker: SchemaChecker, schema: JsonObject, form: URLSearchParams): string[] {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, JsonObject>>;
  const required = (schema["required"] ?? []) as readonly string[];
  return [
    ...required.filter((name) => !form.has(name)).map((name) => `the form lacks ${name}`),
    ...[...form].flatMap(([name, value]) => {
      const property = properties[name];
      if (property === undefined) return [`the form has ${name}, which is not described`];
      return value === "" ? [] : checker.check(property, typed(property, value)).map((line) => `form ${name}: ${line}`);
    }),
  ];
}

/** Text of a query or form as the type that its schema names. */
function typed(schema: JsonObject | undefined, value: string): Json {
  if (schema?.["type"] === "integer" || schema?.["type"] === "number") return Number(value);
  if (schema?.["type"] === "boolean") return value === "true";
  if (schema?.["type"] === "array") return [value];
  return value;
}
