import type { Diagnostic, Json } from "@tandem/kernel";
import type { z } from "zod";
import {
  checkToolSettings,
  isLaterName,
  type Manifest,
  type ManifestSection,
  manifestSections,
  type OutboundCalls,
  ProblemList,
  schemaDiagnostics,
  type TemplateScope,
} from "../manifest/index.ts";
import type { ValueSource } from "../tenant/index.ts";
import { fillSection } from "./fill-section.ts";

/** The sections of a bundle, as their strict schemas give them. */
export type ResolvedSections = {
  readonly [Section in Exclude<ManifestSection, "outbound">]: z.infer<(typeof manifestSections)[Section]>;
} & { readonly outbound?: OutboundCalls };

/** What filling the sections gave. `values` is null when a section is not as its schema wants it. */
export interface FilledSections {
  readonly values: ResolvedSections | null;
  readonly sources: Readonly<Record<string, ValueSource>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parameters without a value: sections that use them are not judged twice. */
const missingNames = (manifest: Manifest, values: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(manifest.parameters).filter(
    (name) => values[name] === undefined && manifest.parameters[name]?.required === true,
  );

/** Fills every section and parses it strictly. `parameters` are those that have a value. */
export function fillSections(
  manifest: Manifest,
  scope: TemplateScope,
  parameters: Readonly<Record<string, unknown>>,
): FilledSections {
  const missing = new Set(missingNames(manifest, parameters));
  const values: Record<string, unknown> = {};
  const sources: Record<string, ValueSource> = {};
  const diagnostics: Diagnostic[] = [];
  const sections = (Object.keys(manifestSections) as ManifestSection[]).filter(
    (section) => manifest[section] !== undefined,
  );
  for (const section of sections) {
    const filled = fillSection(
      [section],
      manifest[section] as unknown as Json,
      (name, path) => (isLaterName(name, section) ? "later" : scope(name, path)),
      missing,
    );
    Object.assign(sources, filled.sources);
    diagnostics.push(...filled.diagnostics);
    const parsed = manifestSections[section].safeParse(filled.value);
    if (parsed.success) values[section] = parsed.data;
    else
      diagnostics.push(
        ...schemaDiagnostics(parsed.error, {
          schema: manifestSections[section],
          value: filled.value,
          base: [section],
        }).filter(({ path }) => !filled.isExcused(path)),
      );
  }
  diagnostics.push(...settingProblems(values["tools"] as ResolvedSections["tools"] | undefined));
  const isWhole = Object.keys(values).length === sections.length;
  return { values: isWhole ? (values as unknown as ResolvedSections) : null, sources, diagnostics };
}

function settingProblems(tools: ResolvedSections["tools"] | undefined): readonly Diagnostic[] {
  const problems = new ProblemList();
  checkToolSettings(tools ?? [], problems);
  return problems.diagnostics;
}
