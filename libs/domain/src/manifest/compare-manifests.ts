import { canonicalJson, counted, type Diagnostic, type Json } from "@tandem/kernel";
import { agentDifferences } from "./compare-agents.ts";
import type { Tool } from "./conversation.ts";
import type { Manifest } from "./manifest.ts";
import type { Parameter } from "./parameter.ts";
import { formatPath, type Path } from "./path.ts";
import { compareVersions, majorOf } from "./semantic-version.ts";

/** One difference between two versions that matters to whoever runs the older one. */
export interface ManifestDifference {
  readonly path: string;
  readonly code:
    | "parameter-removed"
    | "parameter-required"
    | "parameter-retyped"
    | "parameter-narrowed"
    | "parameter-added"
    | "role-added"
    | "role-removed"
    | "vendor-removed"
    | "resource-removed"
    | "resource-added"
    | "owner-changed"
    | "tool-removed"
    | "tool-added"
    | "tool-changed"
    | "agent-kind-removed"
    | "agent-kind-changed"
    | "provider-added"
    | "content-changed";
  /** True when a deployment of the older version may not work, or lose something, without a person's attention. */
  readonly isBreaking: boolean;
  readonly detail: string;
}

type Difference = ManifestDifference;

/** What changed from one version to the next, sorted by path. Wording counts as `content-changed` and never breaks. */
export function compareManifests(previous: Manifest, next: Manifest): readonly ManifestDifference[] {
  const found = [
    ...parameterDifferences(previous, next),
    ...roleDifferences(previous, next),
    ...resourceDifferences(previous, next),
    ...agentDifferences(previous, next),
    ...toolDifferences(previous, next),
    ...contentDifferences(previous, next),
  ];
  return found.toSorted((left, right) => (left.path < right.path ? -1 : Number(left.path > right.path)));
}

const difference = (path: Path, code: Difference["code"], isBreaking: boolean, detail: string): Difference => ({
  path: formatPath(path),
  code,
  isBreaking,
  detail,
});

function parameterDifferences(previous: Manifest, next: Manifest): Difference[] {
  const removed = Object.keys(previous.parameters).filter((name) => next.parameters[name] === undefined);
  const kept = Object.entries(next.parameters).flatMap(([name, parameter]) =>
    parameterDifference(name, previous.parameters[name], parameter),
  );
  return [
    ...removed.map((name) =>
      difference(
        ["parameters", name],
        "parameter-removed",
        true,
        `\`${name}\` is gone; overlays that set it become invalid.`,
      ),
    ),
    ...kept,
  ];
}

function parameterDifference(name: string, before: Parameter | undefined, after: Parameter): Difference[] {
  const path = ["parameters", name];
  const mustBeSet = after.required && after.default === undefined;
  if (before === undefined)
    return [
      mustBeSet
        ? difference(path, "parameter-required", true, `\`${name}\` is new and must be set.`)
        : difference(path, "parameter-added", false, `\`${name}\` is new.`),
    ];
  if (shapeOf(before) !== shapeOf(after))
    return [
      difference(path, "parameter-retyped", true, `\`${name}\` was ${shapeOf(before)} and is ${shapeOf(after)}.`),
    ];
  const required =
    mustBeSet && !(before.required && before.default === undefined)
      ? [difference(path, "parameter-required", true, `\`${name}\` must be set now.`)]
      : [];
  return [
    ...required,
    ...narrowings(name, before, after).map((detail) => difference(path, "parameter-narrowed", true, detail)),
  ];
}

const shapeOf = (parameter: Parameter): string =>
  parameter.type === "list" ? `list of ${parameter.of.type}` : parameter.type;

function narrowings(name: string, before: Parameter, after: Parameter): string[] {
  const [old, now] = [boundsOf(before), boundsOf(after)];
  const lost = choicesOf(before).filter((choice) => !choicesOf(after).includes(choice));
  return [
    ...(now.min > old.min ? [`\`${name}\` must be at least ${now.min} now.`] : []),
    ...(now.max < old.max ? [`\`${name}\` must be at most ${now.max} now.`] : []),
    ...(lost.length > 0 ? [`\`${name}\` can no longer be ${lost.join(", ")}.`] : []),
  ];
}

const boundsOf = (parameter: Parameter): { min: number; max: number } => ({
  min: ("min" in parameter ? parameter.min : undefined) ?? -Infinity,
  max: ("max" in parameter ? parameter.max : undefined) ?? Infinity,
});

function choicesOf(parameter: Parameter): string[] {
  const shape = parameter.type === "list" ? parameter.of : parameter;
  return shape.type === "choice" ? shape.choices.map(({ value }) => value) : [];
}

function roleDifferences(previous: Manifest, next: Manifest): Difference[] {
  const names = [
    ...new Set([...Object.keys(previous.roles), ...Object.keys(next.roles)]),
  ] as (keyof Manifest["roles"])[];
  return names.flatMap((name) => {
    const [before, after] = [previous.roles[name], next.roles[name]];
    if (before === undefined)
      return [difference(["roles", name], "role-added", true, `A connection for \`${name}\` is needed now.`)];
    if (after === undefined)
      return [
        difference(
          ["roles", name],
          "role-removed",
          true,
          `\`${name}\` is no longer used; what was made there will be retired.`,
        ),
      ];
    const lost = Object.keys(before.vendors).filter((vendor) => after.vendors[vendor] === undefined);
    return lost.map((vendor) =>
      difference(
        ["roles", name, "vendors", vendor],
        "vendor-removed",
        true,
        `\`${name}\` no longer runs on ${vendor}.`,
      ),
    );
  });
}

function resourceDifferences(previous: Manifest, next: Manifest): Difference[] {
  const addresses = [...new Set([...Object.keys(previous.resources), ...Object.keys(next.resources)])];
  return addresses.flatMap((address) => {
    const [before, after] = [previous.resources[address], next.resources[address]];
    const path = ["resources", address];
    if (before === undefined) return [difference(path, "resource-added", false, `\`${address}\` will be made.`)];
    if (after === undefined) return [difference(path, "resource-removed", true, `\`${address}\` will be retired.`)];
    return before.owner === after.owner
      ? []
      : [
          difference(
            [...path, "owner"],
            "owner-changed",
            true,
            `\`${address}\` was ${before.owner}-owned and is ${after.owner}-owned: it will be made anew.`,
          ),
        ];
  });
}

function toolDifferences(previous: Manifest, next: Manifest): Difference[] {
  const names = [...new Set([...previous.tools, ...next.tools].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [before, after] = [previous, next].map((manifest) => manifest.tools.find((tool) => tool.name === name));
    const path = ["tools", name];
    if (before === undefined) return [difference(path, "tool-added", false, `The agent can use \`${name}\`.`)];
    if (after === undefined)
      return [difference(path, "tool-removed", true, `The agent can no longer use \`${name}\`.`)];
    return toolChange(before, after).map((detail) => difference(path, "tool-changed", true, `\`${name}\` ${detail}.`));
  });
}

function toolChange(before: Tool, after: Tool): string[] {
  const newlyNeeded = Object.keys(after.arguments).filter(
    (name) => after.arguments[name]?.required === true && before.arguments[name]?.required !== true,
  );
  return [
    ...(before.operation === after.operation ? [] : [`does \`${after.operation}\` instead of \`${before.operation}\``]),
    ...(before.resource === after.resource ? [] : [`works on \`${after.resource}\` instead of \`${before.resource}\``]),
    ...newlyNeeded.map((name) => `needs \`${name}\` now`),
  ];
}

const compared = [
  "answer",
  "agent",
  "conversation",
  "providers",
  "latency",
  "fallbackNumber",
  "emergency",
  "humanPath",
  "policies",
  "outbound",
  "smoke",
  "kpis",
  "tools",
  "resources",
] as const;

function contentDifferences(previous: Manifest, next: Manifest): Difference[] {
  const text = (manifest: Manifest, section: (typeof compared)[number]): string =>
    canonicalJson((manifest[section] ?? null) as unknown as Json);
  return compared
    .filter((section) => text(previous, section) !== text(next, section))
    .map((section) => difference([section], "content-changed", false, `\`${section}\` reads differently.`));
}

/**
 * Whether a version number is honest: newer than the previous one, and a new major version (before 1.0.0: a new minor version) with an
 * entry in `breakingChanges` when something breaks.
 */
export function checkVersionStep(previous: Manifest, next: Manifest): readonly Diagnostic[] {
  const problem = (code: string, summary: string, detail: string, path: string, fix: string): Diagnostic => ({
    severity: "error",
    code,
    summary,
    detail,
    path,
    fix,
  });
  if (compareVersions(next.version, previous.version) <= 0)
    return [
      problem(
        "version-not-newer",
        "The version is not newer than the published one.",
        `${next.version} does not come after ${previous.version}.`,
        "version",
        "Raise the version.",
      ),
    ];
  const breaking = compareManifests(previous, next).filter(({ isBreaking }) => isBreaking);
  if (breaking.length === 0) return [];
  const step = breakingStep(previous.version);
  if (compareVersions(next.version, step) < 0)
    return breaking.map(({ path, detail }) =>
      problem(
        "breaking-change",
        "A breaking change needs a new major version.",
        detail,
        path,
        `Take it back, or make the version at least ${step}.`,
      ),
    );
  if (next.breakingChanges.some(({ since }) => compareVersions(since, previous.version) > 0)) return [];
  return [
    problem(
      "breaking-change-undeclared",
      "A breaking change is not declared.",
      `${counted(breaking.length, "difference")} to ${previous.version} ${breaking.length === 1 ? "is" : "are"} breaking: ${breaking.map(({ path }) => path).join(", ")}.`,
      "breakingChanges",
      `Add an entry with \`since: "${next.version}"\` that says how to move.`,
    ),
  ];
}

/** The lowest version that may break what ran on the given one. */
function breakingStep(version: string): string {
  const [, minor = "0"] = version.split(".");
  return majorOf(version) === 0 ? `0.${Number(minor) + 1}.0-0` : `${majorOf(version) + 1}.0.0-0`;
}
