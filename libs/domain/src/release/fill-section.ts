import type { Diagnostic, Json } from "@tandem/kernel";
import { fillTemplates, formatPath, type Path, type TemplateScope } from "../manifest/index.ts";
import type { ValueSource } from "../tenant/index.ts";

/** A part of the manifest with its templates filled in; paths include `base`. */
export interface FilledSection {
  readonly value: Json;
  readonly sources: Readonly<Record<string, ValueSource>>;
  readonly diagnostics: readonly Diagnostic[];
  /** True for paths that a missing parameter left empty: what is wrong there has been said already. */
  readonly isExcused: (path: string) => boolean;
}

/** Fills one part; names nobody knows become diagnostics. `missing` lists required parameters without a value. */
export function fillSection(
  base: Path,
  value: Json,
  scope: TemplateScope,
  missing: ReadonlySet<string>,
): FilledSection {
  const excused: string[] = [];
  const filled = fillTemplates(value, (name, path) => {
    if (missing.has(name.slice("parameters.".length)) && name.startsWith("parameters."))
      excused.push(formatPath([...base, ...path]));
    return scope(name, path);
  });
  const sources = Object.fromEntries(
    Object.entries(filled.sources).map(([path, source]) => [joined(base, path), source]),
  );
  const diagnostics = filled.unknown.map(({ path, name }) => unknownTemplate(formatPath([...base, ...path]), name));
  return {
    value: filled.value ?? null,
    sources,
    diagnostics,
    isExcused: (path) =>
      excused.some((place) => path === place || place.startsWith(`${path}.`) || path.startsWith(place)),
  };
}

function joined(base: Path, path: string): string {
  const head = formatPath(base);
  if (head === "" || path === "") return head + path;
  return path.startsWith("[") ? head + path : `${head}.${path}`;
}

const unknownTemplate = (path: string, name: string): Diagnostic => ({
  severity: "error",
  code: "unknown-template",
  summary: "A template names something that does not exist here.",
  detail: `\`{{${name}}}\` is not known.`,
  path,
  fix: "Correct the name in the manifest and publish a new version.",
});
