import { contentHash, type Diagnostic, hasErrors, type Json } from "@tandem/kernel";
import type { z } from "zod";
import {
  isLaterName,
  type Manifest,
  type ManifestSection,
  manifestSections,
  schemaDiagnostics,
  strongest,
  type TemplateScope,
} from "../manifest/index.ts";
import type { Deployment, Role, ValueSource } from "../tenant/index.ts";
import { agentScope } from "./agent-scope.ts";
import type { BundleConnection, BundleResource, ReleaseBundle } from "./bundle.ts";
import { compileResources, type KindLookup } from "./compile-resources.ts";
import { fillSection } from "./fill-section.ts";
import { type Overlays, resolveParameters } from "./resolve-parameters.ts";
import { type IngressUrls, playbookScope } from "./playbook-scope.ts";

/** The account that a role uses in this deployment. `requiredScopes`: what the vendor's adapter needs in any case. */
export interface RoleConnection {
  readonly connectionId: string;
  readonly vendor: string;
  readonly requiredScopes: readonly string[];
}

/** Everything a release depends on. */
export interface ReleaseInput {
  readonly manifest: Manifest;
  readonly manifestHash: string;
  readonly deployment: Pick<Deployment, "id" | "name" | "environment" | "number">;
  readonly overlays: Overlays;
  readonly connections: Readonly<Partial<Record<Role, RoleConnection>>>;
  readonly ingress: IngressUrls;
  /** What the adapters declare about kinds of vendor objects. */
  readonly kindOf: KindLookup;
}

/** A release bundle with its hash, or the reasons why there is none. */
export type CompiledRelease =
  | {
      readonly ok: true;
      readonly bundle: ReleaseBundle;
      readonly hash: string;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Manifest × overlays × connections → bundle. Pure: the same input, in whatever key order, gives the same hash. Never throws. */
export function compileRelease(input: ReleaseInput): CompiledRelease {
  const parameters = resolveParameters(input.manifest, input.overlays);
  const connections = bundleConnections(input);
  const early = [...parameters.diagnostics, ...connections.diagnostics];
  const scope = playbookScope(input, parameters.values);
  const sections = fillSections(input.manifest, scope, new Set(missingNames(input.manifest, parameters.values)));
  if (sections.values === null) return { ok: false, diagnostics: [...early, ...sections.diagnostics] };
  const resources = compileResources(
    input.manifest,
    agentScope(scope, sections.values, input.ingress, sections.source),
    input.connections,
    input.kindOf,
  );
  const diagnostics = [...early, ...sections.diagnostics, ...resources.diagnostics];
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  const bundle = assemble(input, {
    parameters: parameters.values,
    connections: connections.values,
    resources: resources.resources,
    sections: sections.values,
    sources: sections.sources,
  });
  return { ok: true, bundle, hash: contentHash(bundle as unknown as Json), diagnostics };
}

/** The sections of a bundle, as their strict schemas give them. */
export type ResolvedSections = { readonly [Section in ManifestSection]: z.infer<(typeof manifestSections)[Section]> };

interface FilledSections {
  readonly values: ResolvedSections | null;
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** The layer that most of all shaped the conversation. */
  readonly source: ValueSource;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parameters without a value: sections that use them are not judged twice. */
const missingNames = (manifest: Manifest, values: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(manifest.parameters).filter(
    (name) => values[name] === undefined && manifest.parameters[name]?.required === true,
  );

function fillSections(manifest: Manifest, scope: TemplateScope, missing: ReadonlySet<string>): FilledSections {
  const values: Record<string, unknown> = {};
  const sources: Record<string, ValueSource> = {};
  const diagnostics: Diagnostic[] = [];
  for (const section of Object.keys(manifestSections) as ManifestSection[]) {
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
  const isWhole = Object.keys(values).length === Object.keys(manifestSections).length;
  const source = Object.values(sources).reduce(strongest, "playbook");
  return { values: isWhole ? (values as unknown as ResolvedSections) : null, sources, source, diagnostics };
}

function bundleConnections({ manifest, connections }: ReleaseInput): {
  values: Partial<Record<Role, BundleConnection>>;
  diagnostics: Diagnostic[];
} {
  const values: Partial<Record<Role, BundleConnection>> = {};
  const diagnostics: Diagnostic[] = [];
  for (const role of Object.keys(manifest.roles).toSorted() as Role[]) {
    const requirement = manifest.roles[role];
    const connection = connections[role];
    if (requirement === undefined) continue;
    const vendors = Object.keys(requirement.vendors);
    if (connection === undefined)
      diagnostics.push(
        roleProblem(
          role,
          "missing-connection",
          "A role has no connection.",
          `The playbook needs \`${role}\`: ${requirement.reason}`,
          `Name a connection for \`${role}\` (${vendors.join(" or ")}) in the deployment.`,
        ),
      );
    else if (!vendors.includes(connection.vendor))
      diagnostics.push(
        roleProblem(
          role,
          "unsupported-vendor",
          "The playbook was not written for this vendor.",
          `\`${role}\` is connected to ${connection.vendor}; the playbook supports ${vendors.join(", ")}.`,
          `Name a connection to ${vendors.join(" or ")}.`,
        ),
      );
    else
      values[role] = {
        connectionId: connection.connectionId,
        vendor: connection.vendor,
        requiredScopes: [
          ...new Set([...connection.requiredScopes, ...(requirement.vendors[connection.vendor] ?? [])]),
        ].toSorted(),
      };
  }
  return { values, diagnostics };
}

const roleProblem = (role: Role, code: string, summary: string, detail: string, fix: string): Diagnostic => ({
  severity: "error",
  code,
  summary,
  detail,
  path: `connections.${role}`,
  fix,
});

interface Parts {
  readonly parameters: ReleaseBundle["parameters"];
  readonly connections: ReleaseBundle["connections"];
  readonly resources: readonly BundleResource[];
  readonly sections: ResolvedSections;
  readonly sources: Readonly<Record<string, ValueSource>>;
}

function assemble({ manifest, manifestHash, deployment }: ReleaseInput, parts: Parts): ReleaseBundle {
  return {
    schema: 1,
    playbook: { name: manifest.name, version: manifest.version, manifestHash },
    deployment: {
      id: deployment.id,
      name: deployment.name,
      environment: deployment.environment,
      number: deployment.number,
    },
    parameters: parts.parameters,
    connections: parts.connections,
    resources: parts.resources,
    ...parts.sections,
    sources: parts.sources,
  };
}
