import type { Json } from "@tandem/kernel";
import { isJsonObject } from "@tandem/kernel";
import type { z } from "zod";
import type { Path } from "./path.ts";

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypeDef & {
  shape?: Record<string, Schema>;
  element?: Schema;
  options?: Schema[];
  valueType?: Schema;
  innerType?: Schema;
  discriminator?: string;
};

const definitionOf = (schema: Schema): Definition => schema._zod.def;

/** The schema that governs a path of a value; unions are decided by the value. Undefined where the schema knows no such path. */
function schemaAt(schema: Schema | undefined, value: Json | undefined, path: Path): Schema | undefined {
  let at = narrowed(schema, value);
  let here = value;
  for (const part of path) {
    const definition: Definition | undefined = at && definitionOf(at);
    const member =
      typeof here === "object" && here !== null && Object.hasOwn(here, part)
        ? (here as Record<string | number, Json>)[part]
        : undefined;
    at = narrowed(definition?.shape?.[part] ?? definition?.element ?? definition?.valueType, member);
    here = member;
  }
  return at;
}

/** Steps through optionals and unions to the branch that fits the value best. */
function narrowed(schema: Schema | undefined, value: Json | undefined): Schema | undefined {
  const definition = schema && definitionOf(schema);
  if (definition?.innerType !== undefined) return narrowed(definition.innerType, value);
  if (definition?.options === undefined) return schema;
  const { discriminator, options } = definition;
  if (discriminator === undefined) return narrowed(options.at(-1), value);
  const tag = isJsonObject(value) ? value[discriminator] : undefined;
  return options.find((option) => literals(definitionOf(option).shape?.[discriminator]).includes(String(tag)));
}

function literals(schema: Schema | undefined): string[] {
  const definition = schema && (definitionOf(schema) as Definition & { values?: unknown[] });
  return definition?.type === "literal" ? (definition.values ?? []).map(String) : [];
}

/** What a schema says about places in a value. */
export const membersAt = {
  /** Names of the members allowed at a path. */
  names(schema: Schema, value: Json, path: Path): string[] {
    const found = schemaAt(schema, value, path);
    return Object.keys((found && definitionOf(found).shape) ?? {});
  },
  /** Values that a discriminator may have; the path ends with the discriminator. */
  discriminators(schema: Schema, value: Json, path: Path): string[] {
    const parent = unionAt(schema, value, path.slice(0, -1));
    return (parent?.options ?? []).flatMap((option) => literals(definitionOf(option).shape?.[String(path.at(-1))]));
  },
  /** The values to choose from at a path, or nothing. */
  description(schema: Schema, value: Json, path: Path): string {
    const found = schemaAt(schema, value, path);
    const entries = found && (definitionOf(found) as Definition & { entries?: Record<string, string> }).entries;
    if (entries !== undefined) return `one of ${Object.values(entries).join(", ")}`;
    return literals(found).join(", ");
  },
};

function unionAt(schema: Schema, value: Json, path: Path): Definition | undefined {
  const last = path.at(-1);
  const parentPath = path.slice(0, -1);
  const parent = last === undefined ? schema : schemaAt(schema, value, parentPath);
  const definition = parent && definitionOf(parent);
  const found =
    last === undefined
      ? definition
      : optionsOf(definition?.shape?.[last] ?? definition?.element ?? definition?.valueType);
  return found?.options === undefined ? undefined : found;
}

/** The definition of the union behind optionals and template unions. */
function optionsOf(schema: Schema | undefined): Definition | undefined {
  const definition = schema && definitionOf(schema);
  if (definition?.innerType !== undefined) return optionsOf(definition.innerType);
  return definition?.options !== undefined && definition.discriminator === undefined
    ? optionsOf(definition.options.at(-1))
    : definition;
}
