import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { z } from "zod";
import { ManifestDocument } from "./manifest.ts";

const fileReference: JsonObject = {
  type: "object",
  description: "The content of a file of the playbook's folder.",
  properties: { $file: { type: "string", description: "Path relative to the folder, e.g. prompts/persona.md." } },
  required: ["$file"],
  additionalProperties: false,
};

/** JSON Schema 2020-12 of `manifest.yaml` as authors write it, with templates and `$file`, for completion in editors. */
export function manifestJsonSchema(): JsonObject {
  const generated = z.toJSONSchema(ManifestDocument, { io: "input", unrepresentable: "any" }) as unknown as JsonObject;
  const { $schema, ...rest } = tidy(generated) as JsonObject & { $schema: Json };
  const properties = rest["properties"] as JsonObject;
  const withFiles = {
    ...properties,
    conversation: withFileTexts(properties["conversation"] as Json),
    smoke: withFileItems(properties["smoke"] as JsonObject),
  };
  return {
    $schema,
    $id: "https://tandem.invalid/manifest.schema.json",
    title: "Tandem playbook manifest",
    ...rest,
    properties: withFiles,
  };
}

/** Leaves out bounds that only say "a safe integer". */
function tidy(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map((item) => tidy(item as Json));
  if (!isJsonObject(schema)) return schema;
  const members = Object.entries(schema).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(members.map(([name, value]) => [name, tidy(value)]));
}

/** Lets every text that may hold templates also be a file. */
function withFileTexts(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map((item) => withFileTexts(item as Json));
  if (!isJsonObject(schema)) return schema;
  const options = schema["anyOf"];
  const isTemplateText =
    Array.isArray(options) &&
    options.length === 2 &&
    isJsonObject(options[1]) &&
    options[1]["type"] === "string" &&
    options[1]["enum"] === undefined;
  if (isTemplateText) return { ...schema, anyOf: [...(options as readonly Json[]), fileReference] };
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, withFileTexts(value)]));
}

const withFileItems = (schema: JsonObject): JsonObject => ({
  ...schema,
  items: { anyOf: [schema["items"] as Json, fileReference] },
});
