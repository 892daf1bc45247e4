import { contentHash, type Diagnostic, hasErrors, type Json } from "@tandem/kernel";
import { type Manifest, manifestForAgent } from "../manifest/index.ts";
import type { AccountRole, ByRole, Deployment, Role, ValueSource } from "../tenant/index.ts";
import { agentScope } from "./agent-scope.ts";
import type { BundleConnection, BundleResource, ReleaseBundle } from "./bundle.ts";
import { compileResources, type KindLookup } from "./compile-resources.ts";
import { fillSections, type ResolvedSections } from "./resolved-sections.ts";
import { type Overlays, resolveParameters } from "./resolve-parameters.ts";
import { type IngressUrls, playbookScope } from "./playbook-scope.ts";
import { providerConnections, type ProviderKinds } from "./provider-connections.ts";

/** The account that a role uses in this deployment. `requiredScopes`: what the vendor's adapter needs in any case. */
export interface RoleConnection {
  readonly connectionId: string;
  readonly vendor: string;
  readonly requiredScopes: readonly string[];
  /** Providers that this very account can be; absent when it is none. */
  readonly providers?: ProviderKinds;
}

/** Everything a release depends on. */
export interface ReleaseInput {
  readonly manifest: Manifest;
  readonly manifestHash: string;
  readonly deployment: Pick<Deployment, "id" | "name" | "environment" | "number">;
  readonly overlays: Overlays;
  readonly connections: Readonly<ByRole<RoleConnection>>;
  readonly ingress: IngressUrls;
  /** What the adapters declare about kinds of vendor objects. */
  readonly kindOf: KindLookup;
  /** Every provider that any vendor offers: what names in chains are held against. */
  readonly providers: ProviderKinds;
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
  const scope = playbookScope(input, parameters.values);
  const sections = fillSections(input.manifest, scope, parameters.values);
  const early = [...parameters.diagnostics, ...numberProblems(input)];
  if (sections.values === null)
    return { ok: false, diagnostics: [...early, ...accountConnections(input).diagnostics, ...sections.diagnostics] };
  const filled = forItsAgent(sections.values);
  const manifest = manifestForAgent(input.manifest, filled.agent.kind);
  const accounts = accountConnections({ ...input, manifest });
  const providers = providerConnections(input, filled.agent.kind, filled.providers);
  const resourceScope = agentScope(scope, filled, sections.sources, input.ingress);
  const resources = compileResources(manifest, resourceScope, input.connections, input.kindOf);
  const diagnostics = [
    ...early,
    ...accounts.diagnostics,
    ...sections.diagnostics,
    ...providers.diagnostics,
    ...resources.diagnostics,
  ];
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  const bundle = assemble(input, {
    parameters: parameters.values,
    connections: { ...accounts.values, ...providers.values },
    resources: resources.resources,
    sections: filled,
    sources: sections.sources,
  });
  return { ok: true, bundle, hash: contentHash(bundle as unknown as Json), diagnostics };
}

/** Sections without what belongs to other kinds of agent: scenarios of theirs, and the hosted agent's address when nobody hosts it. */
function forItsAgent(sections: ResolvedSections): ResolvedSections {
  const { kind, resource, ...agent } = sections.agent;
  return {
    ...sections,
    agent: { kind, ...(kind === "tandem" || resource === undefined ? {} : { resource }), ...agent },
    smoke: sections.smoke.filter(({ agents }) => agents?.includes(kind) ?? true),
  };
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

function accountConnections({ manifest, connections }: Pick<ReleaseInput, "manifest" | "connections">): {
  values: Partial<Record<AccountRole, BundleConnection>>;
  diagnostics: Diagnostic[];
} {
  const values: Partial<Record<AccountRole, BundleConnection>> = {};
  const diagnostics: Diagnostic[] = [];
  for (const role of Object.keys(manifest.roles).toSorted() as AccountRole[]) {
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
