import { Inject, Injectable } from "@nestjs/common";
import { descriptors } from "@tandem/catalog";
import { carriers } from "@tandem/catalog/inbound";
import type { ApiConfig } from "@tandem/config";
import { type Manifest, manifestFromContent } from "@tandem/domain/manifest";
import type { CompiledRelease, ReleaseBundle } from "@tandem/domain/release";
import type { ByRole, Connection, Role } from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import { compileAtDesk, type DeskInput } from "@tandem/ports/release-desk";
import type { Actor, ControlStore, DeploymentDetail, ManifestVersion } from "@tandem/ports/store/control";
import { invalidManifest } from "../problem/invalid-input.ts";
import { CONFIG, STORE } from "../tokens.ts";

const MOST_READ = 30;
const CATALOG = { descriptors, carriers };

/** What a release is made from. */
interface ReleaseParts extends Pick<DeskInput, "manifest" | "overlays" | "deployment" | "connections"> {
  readonly version: Pick<ManifestVersion, "hash">;
}

/** Makes the bundle that a deployment would run with a manifest version, from what the tenant has configured. */
@Injectable()
export class ReleaseCompiler {
  private readonly read = new Map<string, Manifest>();

  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  /** `reference`: a manifest hash, `playbook@version`, `playbook`, or a bare version of the deployment's playbook. Throws `manifest_invalid`. */
  async compile(
    actor: Actor,
    deployment: DeploymentDetail,
    reference: string,
  ): Promise<{ bundle: ReleaseBundle; hash: string }> {
    const { version, manifest } = await this.manifest(actor, deployment, reference);
    const overlay = await this.store.tenantOverlay(actor, deployment.playbook);
    const connections = await this.connections(actor, deployment);
    const overlays = { tenant: overlay.values, deployment: deployment.overlay };
    const compiled = this.tryCompile({ deployment, version, manifest, overlays, connections });
    if (!compiled.ok) throw invalidManifest(compiled.diagnostics, "configuration_invalid");
    return { bundle: compiled.bundle, hash: compiled.hash };
  }

  /** The release of given parts, or what is wrong with them. */
  tryCompile({ version, ...parts }: ReleaseParts): CompiledRelease {
    return compileAtDesk(CATALOG, { ...parts, manifestHash: version.hash, ingress: this.config });
  }

  /** A manifest that the deployment can run. Throws `manifest_invalid`, `not_found`. */
  async manifest(
    actor: Actor,
    deployment: DeploymentDetail,
    reference: string,
  ): Promise<{ version: ManifestVersion; manifest: Manifest }> {
    const full = /^\d/.test(reference) && reference.includes(".") ? `${deployment.playbook}@${reference}` : reference;
    const version = await this.store.manifest(actor, full);
    if (version === null) throw new AppError("not_found", `There is no manifest ${full}: publish it first`);
    if (version.playbook !== deployment.playbook) {
      throw new AppError(
        "invalid_input",
        `Manifest ${full} belongs to the playbook ${version.playbook}, the deployment runs ${deployment.playbook}`,
      );
    }
    return { version, manifest: this.parsed(version) };
  }

  /** Manifests do not change: the last ones are kept as they were read. */
  private parsed({ hash, content }: ManifestVersion): Manifest {
    const known = this.read.get(hash);
    if (known !== undefined) return known;
    const parsed = manifestFromContent(content);
    if (!parsed.ok) throw invalidManifest(parsed.diagnostics);
    if (this.read.size >= MOST_READ) this.read.clear();
    this.read.set(hash, parsed.manifest);
    return parsed.manifest;
  }

  private async connections(actor: Actor, deployment: DeploymentDetail): Promise<DeskInput["connections"]> {
    const found: ByRole<Connection> = {};
    for (const [role, connectionId] of Object.entries(deployment.connections) as [Role, string][]) {
      const connection = await this.store.connection(actor, connectionId);
      if (connection === null) throw new AppError("not_found", `The ${role} connection ${connectionId} does not exist`);
      found[role] = connection;
    }
    return found;
  }
}
