import { type Diagnostic, isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { z } from "zod";
import {
  formatPath,
  kindOfAddress,
  type Manifest,
  roleOf,
  schemaDiagnostics,
  type TemplateScope,
} from "../manifest/index.ts";
import type { ByRole } from "../tenant/index.ts";
import { type BundleResource, isReference } from "./bundle.ts";
import { fillSection } from "./fill-section.ts";

/** What an adapter declares about a kind of vendor object; null or undefined when the vendor has no such kind. */
export type KindLookup = (
  vendor: string,
  kind: string,
) => { readonly owner: BundleResource["owner"]; readonly fields: z.ZodType } | null | undefined;

type Authored = Manifest["resources"][string];
type Connected = Readonly<ByRole<{ readonly vendor: string }>>;

/** Fills in every resource and holds it against its kind: owner, fields, references. Sorted by address. */
export function compileResources(
  manifest: Manifest,
  scope: TemplateScope,
  connections: Connected,
  kindOf: KindLookup,
): { resources: BundleResource[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const resources = Object.keys(manifest.resources)
    .toSorted()
    .flatMap((address) => {
      const compiled = compileOne(address, manifest.resources[address] as Authored, scope);
      const vendor = connections[compiled.resource.role]?.vendor;
      diagnostics.push(
        ...compiled.diagnostics,
        ...(vendor === undefined ? [] : kindProblems(compiled.resource, vendor, kindOf)),
        ...referenceProblems(compiled.resource, manifest),
        ...sharedValueProblems(compiled.resource),
      );
      return [compiled.resource];
    });
  return { resources, diagnostics: [...diagnostics, ...cycleProblems(resources)] };
}

function compileOne(
  address: string,
  authored: Authored,
  scope: TemplateScope,
): { resource: BundleResource; diagnostics: readonly Diagnostic[] } {
  const filled = fillSection([], authored.fields, scope, new Set());
  const fields = filled.value as JsonObject;
  const resource: BundleResource = {
    address,
    kind: kindOfAddress(address),
    role: roleOf(address),
    owner: authored.owner,
    fields,
    sources: filled.sources,
    dependsOn: [...new Set([...references(fields), ...(authored.dependsOn ?? [])])].toSorted(),
  };
  return {
    resource,
    diagnostics: filled.diagnostics.map((found) => ({
      ...found,
      path: `${formatPath(["resources", address, "fields"])}.${found.path}`,
    })),
  };
}

function references(value: Json): string[] {
  if (isReference(value)) return [(value as { $ref: string }).$ref];
  if (Array.isArray(value)) return value.flatMap((item) => references(item as Json));
  return isJsonObject(value) ? Object.values(value).flatMap(references) : [];
}

function kindProblems(resource: BundleResource, vendor: string, kindOf: KindLookup): Diagnostic[] {
  const kind = kindOf(vendor, resource.kind);
  const path = formatPath(["resources", resource.address]);
  if (kind === null || kind === undefined)
    return [
      problem(
        "unknown-kind",
        "The vendor has no such kind of object.",
        `${vendor} declares no \`${resource.kind}\`.`,
        path,
        "Correct the address, or connect the role to another vendor.",
      ),
    ];
  const owner =
    kind.owner === resource.owner
      ? []
      : [
          problem(
            "wrong-owner",
            "A resource has another owner than its kind.",
            `\`${resource.kind}\` at ${vendor} is ${kind.owner}-owned; the manifest says ${resource.owner}.`,
            `${path}.owner`,
            `Write \`owner: ${kind.owner}\`.`,
          ),
        ];
  return [...owner, ...fieldProblems(resource, kind.fields)];
}

/** Fields against the kind's schema; a reference may stand wherever a value will be. */
function fieldProblems(resource: BundleResource, schema: z.ZodType): Diagnostic[] {
  const parsed = schema.safeParse(resource.fields);
  if (parsed.success) return [];
  const base = ["resources", resource.address, "fields"];
  const referred = referencePaths(resource.fields, base);
  return schemaDiagnostics(parsed.error, { schema, value: resource.fields, base }).filter(
    ({ path }) => !referred.some((place) => path === place || path.startsWith(`${place}.`)),
  );
}

function referencePaths(value: Json, path: readonly (string | number)[]): string[] {
  if (isReference(value)) return [formatPath(path)];
  if (Array.isArray(value)) return value.flatMap((item, index) => referencePaths(item as Json, [...path, index]));
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([name, member]) => referencePaths(member, [...path, name]))
    : [];
}

function referenceProblems(resource: BundleResource, manifest: Manifest): Diagnostic[] {
  return resource.dependsOn
    .filter((target) => manifest.resources[target] === undefined)
    .map((target) =>
      problem(
        "dangling-resource",
        "A resource that is referred to does not exist.",
        `There is no resource at \`${target}\`.`,
        formatPath(["resources", resource.address]),
        "Declare it, or correct the reference.",
      ),
    );
}

/** One deployment's own value in an object that all deployments on the account share would be overwritten by the next. */
function sharedValueProblems({ address, owner, sources }: BundleResource): Diagnostic[] {
  if (owner !== "connection") return [];
  const own = Object.keys(sources).filter((path) => sources[path] === "deployment-overlay");
  return own.map((path) => ({
    ...problem(
      "shared-object-value",
      "A value of one deployment goes into an object that deployments share.",
      `\`${address}\` exists once per account; \`${path}\` comes from the overlay of this deployment.`,
      `${formatPath(["resources", address, "fields"])}.${path}`,
      "Set the parameter in the tenant overlay, or give this deployment a connection of its own.",
    ),
    severity: "warning",
  }));
}

/** Resources that wait for each other could never be applied. */
function cycleProblems(resources: readonly BundleResource[]): Diagnostic[] {
  const waiting = new Map(resources.map(({ address, dependsOn }) => [address, dependsOn]));
  for (let isShrinking = true; isShrinking;) {
    const free = [...waiting].filter(([, dependsOn]) => dependsOn.every((target) => !waiting.has(target)));
    for (const [address] of free) waiting.delete(address);
    isShrinking = free.length > 0;
  }
  return [...waiting.keys()].map((address) =>
    problem(
      "reference-cycle",
      "Resources refer to each other in a circle.",
      `\`${address}\` can only be made after ${(waiting.get(address) ?? []).join(", ")}, which waits for it.`,
      formatPath(["resources", address]),
      "Remove one of the references.",
    ),
  );
}

const problem = (code: string, summary: string, detail: string, path: string, fix: string): Diagnostic => ({
  severity: "error",
  code,
  summary,
  detail,
  path,
  fix,
});
