import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

// oxlint-disable-next-line typescript/no-explicit-any -- JSON Schema is read member by member
export type Schema = Record<string, any>;

const PROBLEM: Schema = { $ref: "#/components/schemas/Problem" };

/** A parameter of an operation as documented. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

/** One operation as documented. */
export interface Operation {
  /** `<method> <path>`. */
  readonly name: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  readonly isBodyRequired: boolean;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>>;
}

interface WrittenOperation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Operation["responses"];
}

/** The served document as the judge of requests and answers. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  readonly #schemas: Schema;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: true });
  readonly #compiled = new WeakMap<Schema, ValidateFunction>();

  constructor(document: object) {
    const { paths, components } = JSON.parse(JSON.stringify(document)) as {
      paths: Record<string, Record<string, WrittenOperation>>;
      components: { schemas: Schema };
    };
    this.#schemas = components.schemas;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "openapi", components });
    this.operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => operationOf(method, path, operation)),
    );
  }

  /** A schema with its references followed. */
  resolved(schema: Schema): Schema {
    const reference = schema["$ref"] as string | undefined;
    if (reference === undefined) return schema;
    return this.resolved(this.#schemas[reference.split("/").at(-1) ?? ""] as Schema);
  }

  /** What is wrong with a value; null when the schema allows it. */
  problemOf(schema: Schema, value: unknown): string | null {
    const validate = this.#compiled.get(schema) ?? this.#compile(schema);
    this.#compiled.set(schema, validate);
    return validate(value) ? null : this.#ajv.errorsText(validate.errors).slice(0, 200);
  }

  #compile(schema: Schema): ValidateFunction {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
    return this.#ajv.compile(JSON.parse(text) as Schema);
  }

  /** What is wrong with a refusal; null when it is the documented problem. */
  problemOfRefusal(contentType: string, status: number, body: unknown): string | null {
    if (!contentType.startsWith("application/problem+json")) return `a refusal of type ${contentType}`;
    if ((body as { status?: unknown }).status !== status) return "a refusal that tells another status";
    return this.problemOf(PROBLEM, body);
  }

  /** What is wrong with an answer; null when status, type and content are as documented. */
  problemOfAnswer({ responses }: Operation, status: number, contentType: string, body: unknown): string | null {
    const response = responses[String(status)];
    if (response === undefined) return `an undocumented status ${status}`;
    if (response.content === undefined) return body === "" || body === null ? null : "content that is not documented";
    const type = contentType.split(";")[0] ?? "";
    const content = response.content[type];
    if (content === undefined) return `an undocumented type ${type}`;
    return type === "application/json" ? this.problemOf(content.schema, body) : null;
  }
}

function operationOf(method: string, path: string, operation: WrittenOperation): Operation {
  const { requestBody } = operation;
  return {
    name: `${method} ${path}`,
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    parameters: operation.parameters ?? [],
    body: requestBody?.content["application/json"]?.schema ?? null,
    isBodyRequired: requestBody?.required === true,
    responses: operation.responses,
  };
}
