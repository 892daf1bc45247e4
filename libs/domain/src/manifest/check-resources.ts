import { isJsonObject, type Json } from "@tandem/kernel";
import { AgentKind } from "./agent.ts";
import { suggestion } from "./closest-name.ts";
import { type Manifest, roleOf } from "./manifest.ts";
import { isForAgent } from "./manifest-for-agent.ts";
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
    for (const [kind, fields] of Object.entries(resource.fieldsFor ?? {}))
      checkFieldsFor(manifest, { address, kind: kind as AgentKind, fields }, problems);
    checkNarrowerTargets(manifest, address, problems);
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

interface FieldsFor {
  readonly address: string;
  readonly kind: AgentKind;
  readonly fields: Readonly<Record<string, Json>>;
}

/** Fields of one kind of agent: they add to the resource, never contradict it, and the resource is there for that kind. */
function checkFieldsFor(manifest: Manifest, { address, kind, fields }: FieldsFor, problems: ProblemList): void {
  const path = ["resources", address, "fieldsFor", kind];
  const resource = manifest.resources[address];
  if (resource === undefined) return;
  if (!isForAgent(resource, kind))
    problems.error(path, {
      code: "fields-for-nobody",
      summary: "Fields are given for a kind of agent that the resource is not made for.",
      detail: `\`${address}\` is for ${resource.forAgents?.join(", ")}.`,
      fix: `Add \`${kind}\` to its \`forAgents\`, or remove these fields.`,
    });
  for (const name of Object.keys(fields).filter((field) => resource.fields[field] !== undefined))
    problems.error([...path, name], {
      code: "field-given-twice",
      summary: "A field stands in `fields` and in `fieldsFor`.",
      detail: `\`${name}\` of \`${address}\` has two values for ${kind}.`,
      fix: "Leave it in one of the two.",
    });
  if (resource.owner === "connection") refuseDeploymentNames(fields, path, problems);
  checkReferences(fields, path, address, manifest, problems);
}

/** A resource cannot be made in a release where its account or what it refers to is left out. */
function checkNarrowerTargets(manifest: Manifest, address: string, problems: ProblemList): void {
  const resource = manifest.resources[address];
  if (resource === undefined) return;
  const role = roleOf(address);
  for (const kind of AgentKind.options.filter((each) => isForAgent(resource, each))) {
    const requirement = manifest.roles[role];
    if (requirement !== undefined && !isForAgent(requirement, kind))
      problems.error(["resources", address], leftOut(`the role \`${role}\``, address, kind));
    const targets = new Set([
      ...referencesOf(resource.fields),
      ...referencesOf(resource.fieldsFor?.[kind] ?? {}),
      ...(resource.dependsOn ?? []),
    ]);
    for (const target of targets) {
      const found = manifest.resources[target];
      if (found !== undefined && !isForAgent(found, kind))
        problems.error(["resources", address], leftOut(`\`${target}\``, address, kind));
    }
  }
}

const leftOut = (what: string, address: string, kind: AgentKind) => ({
  code: "narrower-reference",
  summary: "Something is left out of a release that still needs it.",
  detail: `\`${address}\` is made for ${kind}; ${what} is not.`,
  fix: "Make `forAgents` of the two agree, or put the reference under `fieldsFor`.",
});

function referencesOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => referencesOf(item as Json));
  if (!isJsonObject(value)) return [];
  const target = value["$ref"];
  return typeof target === "string" ? [target] : Object.values(value).flatMap(referencesOf);
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
