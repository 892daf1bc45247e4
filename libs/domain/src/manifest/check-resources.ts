import { isJsonObject, type Json } from "@tandem/kernel";
import { suggestion } from "./closest-name.ts";
import type { Tool } from "./conversation.ts";
import { kindOfAddress, type Manifest, roleOf } from "./manifest.ts";
import type { Path } from "./path.ts";
import type { ProblemList } from "./problem-list.ts";
import { operationRules } from "./tool-operation.ts";

/** Roles, addresses and references that agree; tools with the account, resource, settings and arguments that their operation needs. */
export function checkResources(manifest: Manifest, problems: ProblemList): void {
  for (const [address, resource] of Object.entries(manifest.resources)) {
    requireRole(manifest, address, problems);
    checkReferences(resource.fields, ["resources", address, "fields"], address, manifest, problems);
  }
  requireAddress(manifest, manifest.agent.resource, ["agent", "resource"], problems);
  manifest.tools.forEach((tool, index) => checkTool(tool, ["tools", index], manifest, problems));
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

function requireAddress(manifest: Manifest, address: string, path: Path, problems: ProblemList): void {
  const addresses = Object.keys(manifest.resources);
  if (addresses.includes(address)) return;
  const fix =
    `Declare it under \`resources\`, or write one of: ${addresses.join(", ")}. ${suggestion(address, addresses)}`.trim();
  problems.error(path, {
    code: "dangling-resource",
    summary: "A resource that is referred to does not exist.",
    detail: `There is no resource at \`${address}\`.`,
    fix,
  });
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

function checkTool(tool: Tool, path: Path, manifest: Manifest, problems: ProblemList): void {
  const rule = operationRules[tool.operation];
  if (rule === undefined) return;
  if (rule.role !== null && manifest.roles[rule.role] === undefined)
    problems.error([...path, "operation"], {
      code: "missing-role",
      summary: "A tool works on an account that the playbook does not declare.",
      detail: `\`${tool.operation}\` needs the role \`${rule.role}\`.`,
      fix: `Add \`roles.${rule.role}\`.`,
    });
  checkToolResource(tool, rule.resourceKind, path, manifest, problems);
  for (const [name, type] of Object.entries(rule.requiredArguments)) {
    const argument = tool.arguments[name];
    if (argument?.type !== type || !argument.required)
      problems.error([...path, "arguments"], {
        code: "tool-argument",
        summary: "A tool lacks an argument that its operation needs.",
        detail: `\`${tool.operation}\` needs \`${name}\` as a required ${type}.`,
        fix: `Add \`${name}: {type: ${type}, description: …, required: true}\`.`,
      });
  }
}

function checkToolResource(
  tool: Tool,
  kind: string | null,
  path: Path,
  manifest: Manifest,
  problems: ProblemList,
): void {
  if (kind === null && tool.resource === undefined) return;
  if (kind === null)
    return problems.error([...path, "resource"], {
      code: "tool-resource",
      summary: "A tool names a resource that its operation does not use.",
      detail: `\`${tool.operation}\` works on no resource.`,
      fix: "Remove `resource`.",
    });
  if (tool.resource === undefined)
    return problems.error(path, {
      code: "tool-resource",
      summary: "A tool does not say which resource it works on.",
      detail: `\`${tool.operation}\` needs a resource of kind \`${kind}\`.`,
      fix: `Add \`resource: ${Object.keys(manifest.resources).find((address) => kindOfAddress(address) === kind) ?? `${kind}/…`}\`.`,
    });
  requireAddress(manifest, tool.resource, [...path, "resource"], problems);
  if (manifest.resources[tool.resource] !== undefined && kindOfAddress(tool.resource) !== kind)
    problems.error([...path, "resource"], {
      code: "tool-resource",
      summary: "A tool works on a resource of the wrong kind.",
      detail: `\`${tool.operation}\` needs a \`${kind}\`.`,
      fix: `Name a resource whose address begins with \`${kind}/\`.`,
    });
}
