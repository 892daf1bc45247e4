import { Inject, Injectable } from "@nestjs/common";
import type { ConfigurationProblem, ValidateConfiguration } from "@tandem/contracts";
import type { Manifest } from "@tandem/domain/manifest";
import { configurationForm, dialledNumbers, isNeededBy, type ReleaseBundle } from "@tandem/domain/release";
import { type ByRole, type Connection, findForwardingLoops, type Overlay, type Role } from "@tandem/domain/tenant";
import type { Diagnostic } from "@tandem/kernel";
import type { Actor, ControlStore, DeploymentDetail } from "@tandem/ports/store/control";
import { type Positions, presentProblem } from "../presentation/configuration-form.ts";
import { STORE } from "../tokens.ts";
import { ReleaseCompiler } from "./release-compiler.ts";

/** What a configuration would come to. */
export interface CheckedConfiguration {
  readonly problems: readonly ConfigurationProblem[];
  readonly bundleHash: string | null;
}

/** Looks at a configuration as planning would, and writes nothing. */
@Injectable()
export class ConfigurationChecker {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    private readonly compiler: ReleaseCompiler,
  ) {}

  async check(
    actor: Actor,
    deployment: DeploymentDetail,
    wish: ValidateConfiguration,
    positions: Positions,
  ): Promise<CheckedConfiguration> {
    const wanted: DeploymentDetail = {
      ...deployment,
      number: wish.number === undefined ? deployment.number : wish.number,
      overlay: wish.overlay ?? deployment.overlay,
    };
    const reference = wish.manifest ?? deployment.playbook;
    const { version, manifest } = await this.compiler.manifest(actor, deployment, reference);
    const stored = await this.store.tenantOverlay(actor, deployment.playbook);
    const overlays = { tenant: wish.tenantOverlay ?? stored.values, deployment: wanted.overlay };
    const { found, problems } = await this.connections(actor, wish.connections ?? deployment.connections);
    const compiled = this.compiler.tryCompile({ deployment: wanted, version, manifest, overlays, connections: found });
    // A connection that is not there is told once, by name.
    const told = new Set(problems.map(({ path }) => path));
    const diagnostics = [
      ...problems,
      ...compiled.diagnostics.filter(({ path }) => !told.has(path)),
      ...unusedValues(manifest, overlays),
      ...(compiled.ok ? await this.loops(actor, wanted, compiled.bundle) : []),
    ];
    return {
      problems: diagnostics.map((diagnostic) => presentProblem(manifest, diagnostic, positions)),
      bundleHash: compiled.ok ? compiled.hash : null,
    };
  }

  private async connections(
    actor: Actor,
    named: Readonly<Record<string, string | undefined>>,
  ): Promise<{ found: ByRole<Connection>; problems: readonly Diagnostic[] }> {
    const found: ByRole<Connection> = {};
    const problems: Diagnostic[] = [];
    for (const [role, id] of Object.entries(named) as [Role, string | undefined][]) {
      if (id === undefined) continue;
      const connection = await this.store.connection(actor, id);
      if (connection === null) problems.push(unknownConnection(role, id));
      else {
        found[role] = connection;
        if (connection.credentialVersion === null) problems.push(noCredential(role, connection.name));
      }
    }
    return { found, problems };
  }

  /** Numbers that would bring a call back to us; preflight finds the same. */
  private async loops(actor: Actor, wanted: DeploymentDetail, bundle: ReleaseBundle): Promise<readonly Diagnostic[]> {
    const { items } = await this.store.listDeployments(actor, { limit: 200, cursor: null });
    const attached = items.flatMap(({ id, name, number }) =>
      number === null || id === wanted.id ? [] : [{ number, deployment: name }],
    );
    return findForwardingLoops(dialledNumbers(bundle), wanted.number, attached);
  }
}

/** Values of the deployment that no release with its agent looks at. */
function unusedValues(
  manifest: Manifest,
  overlays: { readonly tenant: Overlay; readonly deployment: Overlay },
): readonly Diagnostic[] {
  const { agent, fields } = configurationForm(manifest, overlays);
  return fields
    .filter((field) => Object.hasOwn(overlays.deployment, field.name) && !isNeededBy(field, agent.kind))
    .map(({ name, parameter }) => ({
      severity: "warning",
      code: "unused-value",
      summary: "A value is set that nothing uses.",
      detail: `${parameter.label} is not used where ${agent.kind ?? "this agent"} answers.`,
      path: `deployment-overlay.${name}`,
      fix: "Remove it, or choose the agent that uses it.",
    }));
}

const unknownConnection = (role: Role, id: string): Diagnostic => ({
  severity: "error",
  code: "unknown-connection",
  summary: "A role names a connection that does not exist.",
  detail: `There is no connection ${id}.`,
  path: `connections.${role}`,
  fix: "Choose one of the tenant's connections, or make one.",
});

const noCredential = (role: Role, name: string): Diagnostic => ({
  severity: "warning",
  code: "no-credential",
  summary: "A connection has no credential yet.",
  detail: `${name} has no credential: nothing can be planned with it.`,
  path: `connections.${role}`,
  fix: "Store its credential and test it.",
});
