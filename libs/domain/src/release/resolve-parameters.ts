import type { Diagnostic, Json } from "@tandem/kernel";
import { formatPath, type Manifest, Parameter, parameterValue, schemaDiagnostics } from "../manifest/index.ts";
import type { Overlay, ValueSource } from "../tenant/index.ts";

/** Layers over the playbook's defaults; a missing layer is empty. */
export interface Overlays {
  readonly tenant: Overlay;
  readonly deployment: Overlay;
}

/** A parameter's value with the layer that set it. */
export interface ResolvedParameter {
  readonly value: Json;
  readonly source: ValueSource;
}

/** Every parameter that has a value, with its layer; and everything that is wrong with the layers. */
export interface ResolvedParameters {
  readonly values: Readonly<Record<string, ResolvedParameter>>;
  readonly diagnostics: readonly Diagnostic[];
}

const layers = [
  ["tenant-overlay", "tenant"],
  ["deployment-overlay", "deployment"],
] as const;

/**
 * Merges defaults ← tenant overlay ← deployment overlay. A layer's value replaces the whole value below it; `null` takes the layers
 * below away and leaves the parameter unset. Total: bad and unknown values become diagnostics naming the layer, and the value below
 * stays in force. An optional parameter that nobody sets is absent from `values`.
 */
export function resolveParameters(
  manifest: Pick<Manifest, "name" | "parameters">,
  overlays: Overlays,
): ResolvedParameters {
  const diagnostics: Diagnostic[] = layers.flatMap(([source, layer]) =>
    unknownNames(manifest, source, overlays[layer]),
  );
  const values: Record<string, ResolvedParameter> = {};
  for (const name of Object.keys(manifest.parameters).toSorted()) {
    const parameter = manifest.parameters[name];
    if (parameter === undefined) continue;
    const resolved = resolveOne(name, parameter, overlays, diagnostics);
    if (resolved !== null) values[name] = resolved;
    else if (parameter.required && !diagnostics.some(({ path }) => isAbout(path, name)))
      diagnostics.push(unset(name, parameter));
  }
  return { values, diagnostics };
}

/** True for paths of a layer's value of this parameter. */
const isAbout = (path: string, name: string): boolean =>
  layers.some(
    ([source]) =>
      path === formatPath([source, name]) ||
      path.startsWith(`${formatPath([source, name])}[`) ||
      path.startsWith(`${formatPath([source, name])}.`),
  );

function resolveOne(
  name: string,
  parameter: Parameter,
  overlays: Overlays,
  diagnostics: Diagnostic[],
): ResolvedParameter | null {
  let resolved: ResolvedParameter | null =
    parameter.default === undefined ? null : { value: parameter.default as Json, source: "playbook" };
  for (const [source, layer] of layers) {
    const value = Object.hasOwn(overlays[layer], name) ? overlays[layer][name] : undefined;
    if (value === undefined) continue;
    const problems = value === null ? [] : valueProblems(name, parameter, value, source);
    diagnostics.push(...problems);
    if (problems.length === 0) resolved = value === null ? null : { value, source };
  }
  return resolved;
}

const layerWords = { "tenant-overlay": "tenant overlay", "deployment-overlay": "deployment overlay" } as const;

function valueProblems(name: string, parameter: Parameter, value: Json, source: keyof typeof layerWords): Diagnostic[] {
  const schema = parameterValue(parameter);
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const path = [source, name];
  return schemaDiagnostics(parsed.error, { schema, value, base: path }).map((found) => ({
    ...found,
    detail: `In the ${layerWords[source]} (${parameter.label}): ${found.detail}`,
  }));
}

function unknownNames(
  manifest: Pick<Manifest, "name" | "parameters">,
  source: keyof typeof layerWords,
  overlay: Overlay,
): Diagnostic[] {
  const known = Object.keys(manifest.parameters);
  return Object.keys(overlay)
    .filter((name) => !known.includes(name))
    .toSorted()
    .map((name) => ({
      severity: "error",
      code: "unknown-parameter",
      summary: "An overlay sets a parameter that the playbook does not have.",
      detail: `The ${layerWords[source]} sets \`${name}\`, which ${manifest.name} does not declare.`,
      path: formatPath([source, name]),
      fix: `Remove it, or write one of: ${known.join(", ")}.`,
    }));
}

const unset = (name: string, parameter: Parameter): Diagnostic => ({
  severity: "error",
  code: "parameter-unset",
  summary: "A required parameter has no value.",
  detail: `\`${name}\` (${parameter.label}) is set by no layer and has no default.`,
  path: formatPath(["parameters", name]),
  fix: `Set \`${name}\` in the overlay of the tenant or of the deployment.`,
});
