import { isJsonObject, type Json } from "@tandem/kernel";
import type { ValueSource } from "../tenant/index.ts";
import { formatPath, type Path } from "./path.ts";
import { exactTemplate, parseTemplate } from "./template.ts";

/** What a template name stands for. An undefined value: the parameter is optional and nobody set it. */
export interface TemplateValue {
  readonly value: Json | undefined;
  readonly source: ValueSource;
}

/** Looks a name up. `later` leaves the template as it stands for the one who runs the call; undefined: the name is not known. */
export type TemplateScope = (name: string, path: Path) => TemplateValue | "later" | undefined;

/** A value with its templates filled in. */
export interface Filled {
  /** Undefined when the whole value was one template that stands for nothing. */
  readonly value: Json | undefined;
  /** Path below the value (empty for itself) → layer it comes from; a path covers everything below it. The playbook's own are left out. */
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** Names that the scope does not know, with their paths. */
  readonly unknown: readonly { readonly path: Path; readonly name: string }[];
}

/**
 * Fills templates in one pass; values put in are never looked at again. A text that is exactly one template takes the value with its
 * type; members and items that stand for nothing are left out.
 */
export function fillTemplates(value: Json, scope: TemplateScope): Filled {
  const sources: Record<string, ValueSource> = {};
  const unknown: { path: Path; name: string }[] = [];
  const lookup = (name: string, path: Path): TemplateValue | "later" => {
    const found = scope(name, path);
    if (found === undefined) unknown.push({ path, name });
    return found ?? "later";
  };
  const note = (path: Path, source: ValueSource): void => {
    const key = formatPath(path);
    const layer = strongest(sources[key] ?? "playbook", source);
    if (layer !== "playbook") sources[key] = layer;
  };
  const filled = fill(value, [], lookup, note);
  return { value: filled, sources, unknown };
}

const precedence: readonly ValueSource[] = ["playbook", "system", "tenant-overlay", "deployment-overlay"];

/** Of two layers, the one that an operator would look for first. */
export const strongest = (left: ValueSource, right: ValueSource): ValueSource =>
  precedence.indexOf(left) >= precedence.indexOf(right) ? left : right;

type Lookup = (name: string, path: Path) => TemplateValue | "later";
type Note = (path: Path, source: ValueSource) => void;

function fill(value: Json, path: Path, lookup: Lookup, note: Note): Json | undefined {
  if (typeof value === "string") return value.includes("{{") ? fillText(value, path, lookup, note) : value;
  if (Array.isArray(value)) return fillItems(value as readonly Json[], path, lookup, note);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name, fill(member, [...path, name], lookup, note)] as const,
  );
  return Object.fromEntries(members.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
}

function fillItems(items: readonly Json[], path: Path, lookup: Lookup, note: Note): Json {
  return items
    .map((item, index) => fill(item, [...path, index], lookup, note))
    .filter((item): item is Json => item !== undefined);
}

function fillText(text: string, path: Path, lookup: Lookup, note: Note): Json | undefined {
  const exact = exactTemplate(text);
  if (exact !== null) return filledOrKept(text, lookup(exact, path), path, note);
  const parts = parseTemplate(text) ?? [{ text }];
  return parts
    .map((part) => ("text" in part ? part.text : written(part.name, lookup(part.name, path), path, note)))
    .join("");
}

function filledOrKept(text: string, found: TemplateValue | "later", path: Path, note: Note): Json | undefined {
  if (found === "later") return text;
  note(path, found.source);
  return found.value;
}

/** A value inside a longer text: lists with commas, mappings as JSON, nothing as nothing. */
function written(name: string, found: TemplateValue | "later", path: Path, note: Note): string {
  if (found === "later") return `{{${name}}}`;
  note(path, found.source);
  return spoken(found.value);
}

function spoken(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((item) => spoken(item as Json)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
