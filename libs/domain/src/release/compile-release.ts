import { contentHash, type Diagnostic, hasErrors, type Json } from "@tandem/kernel";
import type { Manifest } from "../manifest/index.ts";
import type { Deployment, Role, ValueSource } from "../tenant/index.ts";
import { agentScope } from "./agent-scope.ts";
import type { BundleConnection, BundleResource, ReleaseBundle } from "./bundle.ts";
import { compileResources, type KindLookup } from "./compile-resources.ts";
import { fillSections, type ResolvedSections } from "./resolved-sections.ts";
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
  const early = [...parameters.diagnostics, ...connections.diagnostics, ...numberProblems(input)];
  const scope = playbookScope(input, parameters.values);
  const sections = fillSections(input.manifest, scope, parameters.values);
  if (sections.values === null) return { ok: false, diagnostics: [...early, ...sections.diagnostics] };
  const resourceScope = agentScope(scope, sections.values, sections.sources, input.ingress);
  const resources = compileResources(input.manifest, resourceScope, input.connections, input.kindOf);
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

/** A playbook that is reached by phone needs the number that callers dial. */
function numberProblems({ manifest, deployment }: ReleaseInput): Diagnostic[] {
  const needsNumber = Object.keys(manifest.resources).some((address) => address.startsWith("telephony.number/"));
  if (!needsNumber || deployment.number !== null) return [];
  const detail = `\`${deployment.name}\` has no number for callers to dial.`;
  const fix = "Set `number` of the deployment to a number that the telephony account owns.";
  return [
    {
      severity: "error",
      code: "missing-number",
      summary: "The deployment has no phone number.",
      detail,
      path: "deployment.number",
      fix,
    },
  ];
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
