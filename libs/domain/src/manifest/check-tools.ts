import { isJsonObject, type Json } from "@tandem/kernel";
import { suggestion } from "./closest-name.ts";
import type { Tool } from "./conversation.ts";
import { kindOfAddress, type Manifest } from "./manifest.ts";
import type { Path } from "./path.ts";
import type { ProblemList } from "./problem-list.ts";
import { requireAddress } from "./check-resources.ts";
import { exactTemplate } from "./template.ts";
import { type OperationRule, operationRules } from "./tool-operation.ts";

/** Tools with the account, the resource, the settings and the arguments that their operation needs; and a way to a person. */
export function checkTools(manifest: Manifest, problems: ProblemList): void {
  manifest.tools.forEach((tool, index) => {
    const rule = operationRules[tool.operation];
    if (rule !== undefined) checkTool(tool, rule, ["tools", index], manifest, problems);
  });
  if (manifest.tools.some((tool) => tool.operation === "call.transfer")) return;
  problems.error(["tools"], {
    code: "no-human-path",
    summary: "Callers cannot reach a person.",
    detail: "No tool has the operation `call.transfer`, which the emergency line and the human path need.",
    fix: "Add one with a required text argument `destination`.",
  });
}

/** Settings of tools whose templates are filled in. */
export function checkToolSettings(tools: readonly Tool[], problems: ProblemList): void {
  tools.forEach((tool, index) => checkSettings(tool, operationRules[tool.operation], ["tools", index], problems));
}

function checkTool(tool: Tool, rule: OperationRule, path: Path, manifest: Manifest, problems: ProblemList): void {
  if (manifest.roles[rule.role] === undefined)
    problems.error([...path, "operation"], {
      code: "missing-role",
      summary: "A tool works on an account that the playbook does not declare.",
      detail: `\`${tool.operation}\` needs the role \`${rule.role}\`.`,
      fix: `Add \`roles.${rule.role}\`.`,
    });
  checkResource(tool, rule.resourceKind, path, manifest, problems);
  checkForEveryAgent(tool, path, manifest, problems);
  checkArguments(tool, rule, path, problems);
  checkSettings(tool, rule, path, problems);
  if (tool.operation === "crm.upsert-deal") checkStage(tool, path, manifest, problems);
}

function checkResource(tool: Tool, kind: string | null, path: Path, manifest: Manifest, problems: ProblemList): void {
  if (kind === null && tool.resource === undefined) return;
  const refuse = (detail: string, fix: string): void =>
    problems.error(tool.resource === undefined ? path : [...path, "resource"], {
      code: "tool-resource",
      summary: "A tool does not name the resource that its operation works on.",
      detail,
      fix,
    });
  if (kind === null) return refuse(`\`${tool.operation}\` works on no resource.`, "Remove `resource`.");
  if (tool.resource === undefined)
    return refuse(
      `\`${tool.operation}\` needs a resource of kind \`${kind}\`.`,
      `Add \`resource: ${Object.keys(manifest.resources).find((address) => kindOfAddress(address) === kind) ?? `${kind}/<name>`}\`.`,
    );
  if (!requireAddress(manifest, tool.resource, [...path, "resource"], problems)) return;
  if (kindOfAddress(tool.resource) !== kind)
    refuse(`\`${tool.operation}\` needs a \`${kind}\`.`, `Name a resource whose address begins with \`${kind}/\`.`);
}

/** Tools are offered by every kind of agent: what they work on must be there for all. */
function checkForEveryAgent(tool: Tool, path: Path, manifest: Manifest, problems: ProblemList): void {
  const resource = tool.resource === undefined ? undefined : manifest.resources[tool.resource];
  const role = operationRules[tool.operation]?.role;
  const restricted = [role && manifest.roles[role], resource].find((part) => part?.forAgents !== undefined);
  if (restricted === undefined) return;
  problems.error(path, {
    code: "narrower-reference",
    summary: "Something is left out of a release that still needs it.",
    detail: `\`${tool.name}\` is offered by every kind of agent; what it works on is there for ${restricted.forAgents?.join(", ")} only.`,
    fix: "Remove `forAgents` from the role and the resource of the tool.",
  });
}

function checkArguments(tool: Tool, rule: OperationRule, path: Path, problems: ProblemList): void {
  const refuse = (where: Path, detail: string, fix: string): void =>
    problems.error(where, {
      code: "tool-argument",
      summary: "A tool's arguments do not fit its operation.",
      detail,
      fix,
    });
  for (const [name, wanted] of Object.entries(rule.arguments)) {
    const given = tool.arguments[name];
    if (given === undefined ? wanted.required : given.type !== wanted.type || (wanted.required && !given.required))
      refuse(
        [...path, "arguments"],
        `\`${tool.operation}\` ${wanted.required ? "needs" : "takes"} \`${name}\` as ${wanted.required ? "a required" : "an optional"} ${wanted.type}.`,
        `Write \`${name}: {type: ${wanted.type}, description: …, required: ${wanted.required}}\`.`,
      );
  }
  for (const name of Object.keys(tool.arguments)) {
    if (name in rule.arguments || (rule.mapsArguments && name in tool.settings)) continue;
    const fix = rule.mapsArguments
      ? `Add \`${name}: <property>\` to \`settings\`, or remove the argument.`
      : `Remove it; understood are: ${Object.keys(rule.arguments).join(", ") || "none"}. ${suggestion(name, Object.keys(rule.arguments))}`.trim();
    refuse([...path, "arguments", name], `\`${tool.operation}\` does nothing with \`${name}\`.`, fix);
  }
}

/** Judges what stands there already; what templates stand for is judged when a release is compiled. */
function checkSettings(tool: Tool, rule: OperationRule, path: Path, problems: ProblemList): void {
  const shape = rule.settings.shape;
  for (const name of Object.keys(shape))
    if (!(name in tool.settings))
      problems.error([...path, "settings"], {
        code: "tool-setting",
        summary: "A tool's settings do not fit its operation.",
        detail: `\`${tool.operation}\` needs \`${name}\`.`,
        fix: `Add \`${name}\` to \`settings\`.`,
      });
  for (const [name, value] of Object.entries(tool.settings)) {
    const where = [...path, "settings", name];
    if (Object.hasOwn(shape, name)) checkSetting(name, value, rule, where, problems);
    else if (!rule.mapsArguments || !(name in tool.arguments))
      problems.error(where, {
        code: "tool-setting",
        summary: "A tool's settings do not fit its operation.",
        detail: `\`${tool.operation}\` does not know \`${name}\`.`,
        fix: `Remove it; known are: ${Object.keys(shape).join(", ") || "none"}. ${suggestion(name, Object.keys(shape))}`.trim(),
      });
  }
}

function checkSetting(name: string, value: Json, rule: OperationRule, path: Path, problems: ProblemList): void {
  if (typeof value === "string" && value.includes("{{")) return;
  const parsed = rule.settings.shape[name]?.["~standard"].validate(value);
  if (parsed === undefined || parsed instanceof Promise || parsed.issues === undefined) return;
  problems.error(path, {
    code: "tool-setting",
    summary: "A tool's settings do not fit its operation.",
    detail: `\`${name}\`: ${parsed.issues[0]?.message ?? "not allowed"}.`,
    fix: "Correct the value.",
  });
}

function checkStage(tool: Tool, path: Path, manifest: Manifest, problems: ProblemList): void {
  const stages = manifest.resources[tool.resource ?? ""]?.fields["stages"];
  const stage = tool.settings["dealStage"];
  if (!Array.isArray(stages) || typeof stage !== "string" || exactTemplate(stage) !== null) return;
  const keys = stages.flatMap((item) => (isJsonObject(item) && typeof item["key"] === "string" ? [item["key"]] : []));
  if (!keys.includes(stage))
    problems.error([...path, "settings", "dealStage"], {
      code: "dangling-stage",
      summary: "A stage that is referred to does not exist.",
      detail: `\`${tool.resource}\` has no stage \`${stage}\`.`,
      fix: `Write one of: ${keys.join(", ")}. ${suggestion(stage, keys)}`.trim(),
    });
}
