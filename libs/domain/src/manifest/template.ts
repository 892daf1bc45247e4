import type { Json } from "@tandem/kernel";
import { isJsonObject } from "@tandem/kernel";
import type { Path } from "./path.ts";

/** A piece of a template: literal text, or the name between `{{` and `}}`. */
export type TemplatePart = { readonly text: string } | { readonly name: string };

const nameShape = /^[A-Za-z][\w-]*(\.[\w-]+)*$/;

/** Splits a text once, from left to right; null when a `{{` has no `}}` or no name between them. Linear. */
export function parseTemplate(text: string): readonly TemplatePart[] | null {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (let open = text.indexOf("{{"); open !== -1; open = text.indexOf("{{", from)) {
    const close = text.indexOf("}}", open);
    const name = close === -1 ? "" : text.slice(open + 2, close).trim();
    if (!nameShape.test(name)) return null;
    if (open > from) parts.push({ text: text.slice(from, open) });
    parts.push({ name });
    from = close + 2;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return parts;
}

/** The name of a text that is exactly one template, else null. */
export function exactTemplate(text: string): string | null {
  const parts = text.startsWith("{{") ? parseTemplate(text) : null;
  const [only, ...rest] = parts ?? [];
  return only !== undefined && "name" in only && rest.length === 0 ? only.name : null;
}

/** Calls `visit` for every text of a value with its path. */
export function walkTexts(value: Json, visit: (text: string, path: Path) => void, path: Path = []): void {
  if (typeof value === "string") visit(value, path);
  else if (Array.isArray(value)) value.forEach((item, index) => walkTexts(item as Json, visit, [...path, index]));
  else if (isJsonObject(value))
    for (const [name, member] of Object.entries(value)) walkTexts(member, visit, [...path, name]);
}
