import type { Json, JsonObject } from "@tandem/kernel";
import { Ajv, type AnySchema } from "ajv";
import formats from "ajv-formats";

const RFC_2822 = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/u;

/** Formats that say nothing more than the type; `uri` is among them because relative page links are typed so. */
const LOOSE_FORMATS = ["unixtime", "uri", "uri-map", "phone-number", "phone-number-capabilities", "twiml"];

/** Checks values against parts of one document that holds schemas. */
export interface SchemaChecker {
  /** Messages about a value; empty when it fits the schema. The schema's references point into the document. */
  check(schema: Json, value: Json | undefined): readonly string[];
}

/** A checker over a document whose schemas refer to each other by `#/…`. OpenAPI's `nullable` is understood. */
export function schemaChecker(document: Json): SchemaChecker {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  (formats as unknown as (target: Ajv) => void)(ajv);
  ajv.addFormat("date-time-rfc-2822", RFC_2822);
  ajv.addFormat("http-method", /^(GET|POST)$/u);
  ajv.addFormat("currency", /^[A-Z]{3}$/u);
  for (const name of LOOSE_FORMATS) ajv.addFormat(name, true);
  ajv.addSchema({ ...(rewritten(document) as object), $id: "vendor" });
  return {
    check(schema, value) {
      const validate = ajv.compile(rewritten(schema) as AnySchema);
      if (validate(value)) return [];
      return (validate.errors ?? []).map(({ instancePath, message, params }) =>
        `${instancePath || "/"} ${message ?? ""} ${JSON.stringify(params)}`.trim(),
      );
    },
  };
}

/** JSON Schema out of OpenAPI 3.0: references into the added document, `nullable` as a type. */
function rewritten(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => rewritten(item as Json));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([name]) => !["example", "examples", "discriminator"].includes(name))
      .map(([name, member]) => [name, rewrittenMember(name, member)]),
  );
  if (typeof members["nullable"] !== "boolean") return members;
  const { nullable, ...rest } = members;
  return nullable ? { anyOf: [rest, { type: "null" }] } : rest;
}

const rewrittenMember = (name: string, member: Json): Json =>
  name === "$ref" && typeof member === "string" && member.startsWith("#") ? `vendor${member}` : rewritten(member);
