import type { Json, JsonObject } from "@tandem/kernel";
import type { Tool } from "@tandem/domain/manifest";

const LONGEST_TEXT = 4000;

/** The arguments a tool declares, checked; `problem` says in the model's terms what is wrong. Unknown ones are left out. */
export function readArguments(
  tool: Tool,
  given: Readonly<Record<string, Json>>,
): { arguments: JsonObject } | { problem: string } {
  const accepted: Record<string, Json> = {};
  for (const [name, declared] of Object.entries(tool.arguments)) {
    const value = given[name];
    if (value === undefined || value === null || value === "") {
      if (declared.required) return { problem: `\`${name}\` is missing: ${declared.description}` };
      continue;
    }
    const converted = convert(value, declared.type);
    if (converted === null) return { problem: `\`${name}\` must be a ${declared.type}: ${declared.description}` };
    accepted[name] = converted;
  }
  return { arguments: accepted };
}

/** Models write numbers and truths as texts now and then. */
function convert(value: Json, type: "string" | "number" | "boolean"): Json | null {
  if (type === "string")
    return typeof value === "string" || typeof value === "number" ? String(value).slice(0, LONGEST_TEXT) : null;
  if (type === "boolean") {
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : null;
  }
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
