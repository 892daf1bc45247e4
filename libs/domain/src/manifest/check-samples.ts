import type { Json } from "@tandem/kernel";
import { checkToolSettings } from "./check-tools.ts";
import type { Tool } from "./conversation.ts";
import { fillTemplates, type TemplateScope } from "./fill-templates.ts";
import { type Manifest, type ManifestSection, manifestSections } from "./manifest.ts";
import { sampleCount, sampleOf } from "./parameter-sample.ts";
import type { Path } from "./path.ts";
import { type Locate, ProblemList } from "./problem-list.ts";
import { locatedIssues, schemaDiagnostics } from "./schema-diagnostics.ts";
import { isLaterName } from "./template-names.ts";

/**
 * Fills the templates with the extremes of what each parameter allows and parses the sections as a release would: a parameter that is
 * wider than the place it is used in is found here, by the author, and not by the tenant who hits it.
 */
export function checkSamples(manifest: Manifest, problems: ProblemList, locate?: Locate): void {
  const reported = new Set<string>();
  for (let n = 0; n < sampleCount(Object.values(manifest.parameters)); n += 1) {
    for (const section of Object.keys(manifestSections) as ManifestSection[]) {
      if (manifest[section] === undefined) continue;
      for (const { path, detail } of misfits(manifest, section, n, locate)) {
        const key = JSON.stringify(path);
        if (!reported.has(key))
          problems.error(path, {
            code: "template-misfit",
            summary: "A parameter allows values that do not fit where it is used.",
            detail,
            fix: "Narrow the parameter (type, min, max, choices, required), or use another one.",
          });
        reported.add(key);
      }
    }
  }
}

interface Misfit {
  readonly path: Path;
  readonly detail: string;
}

function misfits(manifest: Manifest, section: ManifestSection, n: number, locate?: Locate): Misfit[] {
  const filled = fillTemplates(manifest[section] as unknown as Json, sampleScope(manifest, section, n)).value ?? null;
  const schema = manifestSections[section];
  const parsed = schema.safeParse(filled);
  if (!parsed.success) {
    const places = locatedIssues(parsed.error);
    return schemaDiagnostics(parsed.error, { schema, value: filled, base: [section] }).map((found, index) => ({
      path: [section, ...(places[index]?.path ?? [])],
      detail: found.detail,
    }));
  }
  if (section !== "tools") return [];
  const settings = new ProblemList(locate);
  checkToolSettings(parsed.data as readonly Tool[], settings);
  return settings.diagnostics.map(({ detail }) => ({ path: ["tools"], detail }));
}

/** Stands in for a deployment: parameters by their samples, everything the platform knows by a text that any place takes. */
function sampleScope(manifest: Manifest, section: ManifestSection, n: number): TemplateScope {
  return (name) => {
    if (isLaterName(name, section)) return "later";
    const parameter = name.startsWith("parameters.")
      ? manifest.parameters[name.slice("parameters.".length)]
      : undefined;
    if (parameter !== undefined) return { value: sampleOf(parameter, n), source: "playbook" };
    return { value: name === "deployment.number" ? "+15550100000" : "sample", source: "system" };
  };
}
