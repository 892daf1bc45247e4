import { isJsonObject, type Json } from "@tandem/kernel";
import { suggestion } from "./closest-name.ts";
import { type Manifest, roleOf } from "./manifest.ts";
import type { Path } from "./path.ts";
import type { ProblemList } from "./problem-list.ts";
import { parseTemplate, walkTexts } from "./template.ts";

/** Roles, addresses and references that agree; nothing that deployments share depends on one of them. */
export function checkResources(manifest: Manifest, problems: ProblemList): void {
  for (const [address, resource] of Object.entries(manifest.resources)) {
    requireRole(manifest, address, problems);
    (resource.dependsOn ?? []).forEach((target, index) =>
      requireAddress(manifest, target, ["resources", address, "dependsOn", index], problems),
    );
    if (resource.owner === "connection")
      refuseDeploymentNames(resource.fields, ["resources", address, "fields"], problems);
    checkReferences(resource.fields, ["resources", address, "fields"], address, manifest, problems);
  }
  if (manifest.agent.resource !== undefined)
    requireAddress(manifest, manifest.agent.resource, ["agent", "resource"], problems);
}

function requireRole(manifest: Manifest, address: string, problems: ProblemList): void {
  const role = roleOf(address);
  if (manifest.roles[role] !== undefined) return;
  problems.error(["resources", address], {
    code: "missing-role",
    summary: "A resource belongs to a role that the playbook does not declare.",
    detail: `\`${address}\` needs the role \`${role}\`.`,
    fix: `Add \`roles.${role}\` with its vendors and scopes, or remove the resource.`,
  });
}

/** Reports an address that no resource has; true when there is one. */
export function requireAddress(manifest: Manifest, address: string, path: Path, problems: ProblemList): boolean {
  const addresses = Object.keys(manifest.resources);
  if (addresses.includes(address)) return true;
  const fix =
    `Declare it under \`resources\`, or write one of: ${addresses.join(", ")}. ${suggestion(address, addresses)}`.trim();
  problems.error(path, {
    code: "dangling-resource",
    summary: "A resource that is referred to does not exist.",
    detail: `There is no resource at \`${address}\`.`,
    fix,
  });
  return false;
}

function checkReferences(value: Json, path: Path, from: string, manifest: Manifest, problems: ProblemList): void {
  if (Array.isArray(value))
    value.forEach((item, index) => checkReferences(item as Json, [...path, index], from, manifest, problems));
  if (!isJsonObject(value)) return;
  if (value["$ref"] === undefined)
    for (const [name, member] of Object.entries(value))
      checkReferences(member, [...path, name], from, manifest, problems);
  else checkReference(value, path, from, manifest, problems);
}

function checkReference(
  reference: { readonly [name: string]: Json },
  path: Path,
  from: string,
  manifest: Manifest,
  problems: ProblemList,
): void {
  const { $ref: target, part, ...rest } = reference;
  if (typeof target !== "string" || (part !== "externalId" && part !== "version") || Object.keys(rest).length > 0) {
    problems.error(path, {
      code: "malformed-reference",
      summary: "A reference is malformed.",
      detail: "A reference has exactly the members `$ref` and `part`.",
      fix: "Write `{$ref: <address>, part: externalId}` or `part: version`.",
    });
    return;
  }
  requireAddress(manifest, target, [...path, "$ref"], problems);
  const owner = manifest.resources[target]?.owner;
  if (owner === "slot" && manifest.resources[from]?.owner !== "slot")
    problems.error([...path, "$ref"], {
      code: "reference-into-slot",
      summary: "What exists once cannot refer to what exists once per slot.",
      detail: `\`${from}\` is ${manifest.resources[from]?.owner}-owned, \`${target}\` is slot-owned.`,
      fix: "Make the referring resource slot-owned, or refer to one that is not.",
    });
}

/** What all deployments on an account share must not be called after one of them: they would overwrite each other for ever. */
function refuseDeploymentNames(fields: Json, base: Path, problems: ProblemList): void {
  walkTexts(fields, (text, path) => {
    const name = (parseTemplate(text) ?? []).find(
      (part) => "name" in part && /^(deployment|ingress|agent)\./.test(part.name),
    );
    if (name !== undefined)
      problems.error([...base, ...path], {
        code: "shared-object-value",
        summary: "An object that deployments share depends on one of them.",
        detail: `A connection-owned resource exists once per account; ${JSON.stringify(text.slice(0, 60))} differs from deployment to deployment.`,
        fix: "Use a parameter that the tenant overlay sets, or a fixed text.",
      });
  });
}
