import { isJsonObject, type JsonObject } from "@tandem/kernel";
import { ownMember } from "./json-equality.ts";
import type { KindFacts } from "./plan-input.ts";

/** The parts of an object that the vendor never takes anything out of, as they are. */
export function growingParts(kind: Pick<KindFacts, "additive">, value: JsonObject): JsonObject {
  const paths = Object.keys(kind.additive ?? {});
  return paths.reduce<JsonObject>((kept, path) => ({ ...kept, ...partAt(value, path.split(".")) }), {});
}

function partAt(value: JsonObject, [name, ...rest]: readonly string[]): JsonObject {
  const member = name === undefined ? undefined : ownMember(value, name);
  if (name === undefined || member === undefined) return {};
  return { [name]: rest.length > 0 && isJsonObject(member) ? partAt(member, rest) : member };
}
