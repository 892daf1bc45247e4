import type { Json } from "@tandem/kernel";
import { type Document, isNode, LineCounter, parseDocument, stringify } from "yaml";
import type { Draft } from "./draft.ts";
import type { Layer } from "./form-field.ts";

/** A place in a text, from 0. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a text says, or why it says nothing. */
export type ReadText =
  | { readonly draft: Draft; readonly error: null; readonly rangeOf: (pointer: string) => Range }
  | { readonly draft: null; readonly error: { readonly message: string; readonly range: Range } };

/** A draft as a person edits it by hand: what the same address takes as `text/yaml`. */
export function writeYaml({ number, connections, overlay }: Draft, layer: Layer): string {
  const content = layer === "tenant" ? { values: overlay } : { number, connections, overlay };
  return stringify(content, { lineWidth: 120, aliasDuplicateObjects: false });
}

/** Reads it; what does not have the shape of a configuration is an error at its place. */
export function readYaml(text: string, layer: Layer): ReadText {
  const document = parseDocument(text, { lineCounter: new LineCounter(), uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return refused(error.message, { from: error.pos[0], to: error.pos[1] });
  const content: unknown = document.toJS();
  if (!isMembers(content)) return refused("must hold members such as `overlay:`", { from: 0, to: text.length });
  const overlayName = layer === "tenant" ? "values" : "overlay";
  const allowed = layer === "tenant" ? ["values"] : ["number", "connections", "overlay"];
  const stray = Object.keys(content).find((name) => !allowed.includes(name));
  if (stray !== undefined)
    return refused(`${stray} is not known here: write ${allowed.join(", ")}`, rangeIn(document, [stray]));
  const { number = null, connections = {} } = content;
  const overlay = content[overlayName] ?? {};
  if (number !== null && typeof number !== "string")
    return refused('must be a phone number in quotes, such as "+15551234567"', rangeIn(document, ["number"]));
  if (!isMembers(connections ?? {}))
    return refused("must name a connection for each role", rangeIn(document, ["connections"]));
  if (!isMembers(overlay)) return refused("must hold values by parameter name", rangeIn(document, [overlayName]));
  return {
    draft: {
      number,
      connections: (connections ?? {}) as Record<string, string>,
      overlay: overlay as Record<string, Json>,
    },
    error: null,
    rangeOf: (pointer) => rangeIn(document, pathOf(pointer, layer)),
  };
}

const refused = (message: string, range: Range): ReadText => ({ draft: null, error: { message, range } });

const isMembers = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `/overlay/openingHours/monday/0` → its members; the tenant's layer is called `values` in its own text. */
function pathOf(pointer: string, layer: Layer): (string | number)[] {
  const [head = "", ...rest] = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const first = layer === "tenant" ? "values" : head;
  return [first, ...rest.map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : part))];
}

/** Where a member stands: its name and value; the nearest one around it when it is not there. */
function rangeIn(document: Document, path: readonly (string | number)[]): Range {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const name = path[length - 1];
    const items = (parent as { items?: readonly { key?: unknown; value?: unknown }[] } | null)?.items ?? [];
    const pair = items.find(({ key }) => isNode(key) && (key as { value?: unknown }).value === name);
    const node = pair?.key ?? (typeof name === "number" ? items[name] : undefined);
    if (isNode(node) && node.range != null) return { from: node.range[0], to: node.range[1] };
  }
  return { from: 0, to: 0 };
}
