import type { Json } from "@tandem/kernel";
import { suggestion } from "./closest-name.ts";
import { type Manifest, manifestSections, type ManifestSection } from "./manifest.ts";
import { parameterValue } from "./parameter.ts";
import type { Path } from "./path.ts";
import type { Problem, ProblemList } from "./problem-list.ts";
import { parseTemplate, walkTexts } from "./template.ts";
import { isLaterName, namesAllowedIn } from "./template-names.ts";

/** Every template is well-formed and names something that exists at its place; every parameter is used; defaults fit. */
export function checkTemplates(manifest: Manifest, problems: ProblemList): void {
  const used = new Set<string>();
  for (const section of [...(Object.keys(manifestSections) as ManifestSection[]), "resources" as const]) {
    const scope: Scope = { section, allowed: namesAllowedIn(manifest, section), used, problems };
    walkTexts((manifest[section] ?? null) as unknown as Json, (text, path) => {
      if (text.includes("{{")) checkText(text, [section, ...path], scope);
    });
  }
  for (const [name, parameter] of Object.entries(manifest.parameters)) {
    if (!used.has(`parameters.${name}`)) problems.warning(["parameters", name], unused(name));
    checkDeclaration(name, parameter, problems);
  }
}

interface Scope {
  readonly section: ManifestSection | "resources";
  readonly allowed: ReadonlySet<string>;
  readonly used: Set<string>;
  readonly problems: ProblemList;
}

const unused = (name: string): Problem => ({
  code: "unused-parameter",
  summary: "A parameter is declared but nothing uses it.",
  detail: `\`{{parameters.${name}}}\` stands nowhere.`,
  fix: "Use it, or remove it.",
});

function checkText(text: string, path: Path, scope: Scope): void {
  const parts = parseTemplate(text);
  if (parts === null) {
    scope.problems.error(path, {
      code: "malformed-template",
      summary: "A template is malformed.",
      detail: `In ${JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)} a \`{{\` has no name or no \`}}\`.`,
      fix: "Write `{{parameters.name}}`.",
    });
    return;
  }
  for (const part of parts) if ("name" in part) checkName(part.name, path, scope);
}

function checkName(name: string, path: Path, scope: Scope): void {
  scope.used.add(name);
  if (scope.allowed.has(name)) return;
  if (scope.section !== "resources" && isLaterName(name, scope.section)) return;
  const doing = name.startsWith("parameters.") ? "Declare the parameter, or correct" : "Correct";
  scope.problems.error(path, {
    code: "unknown-template",
    summary: "A template names something that does not exist here.",
    detail: `\`{{${name}}}\` is not known.`,
    fix: `${doing} the name. ${suggestion(name, scope.allowed)}`.trim(),
  });
}

const secretLike = /secret|password|passwd|token|api_?key|credential/i;

function checkDeclaration(name: string, parameter: Manifest["parameters"][string], problems: ProblemList): void {
  const path = ["parameters", name];
  if (secretLike.test(name))
    problems.error(path, {
      code: "secret-parameter",
      summary: "A parameter looks like a secret.",
      detail: `\`${name}\` would be shown in diffs, logs and the interface.`,
      fix: "Store secrets as the credential of a connection; rename the parameter when it is none.",
    });
  if ("min" in parameter && "max" in parameter && (parameter.min ?? 0) > (parameter.max ?? Infinity))
    problems.error([...path, "min"], {
      code: "invalid-value",
      summary: "A value is not allowed here.",
      detail: `\`min\` ${parameter.min} is above \`max\` ${parameter.max}.`,
      fix: "Make `min` at most `max`.",
    });
  if (parameter.default === undefined) return;
  const parsed = parameterValue(parameter).safeParse(parameter.default);
  if (!parsed.success)
    problems.error([...path, "default"], {
      code: "invalid-default",
      summary: "A default does not fit its own parameter.",
      detail: `${JSON.stringify(parameter.default).slice(0, 80)}: ${parsed.error.issues[0]?.message ?? "not allowed"}.`,
      fix: "Correct the default or the bounds.",
    });
}
