import { Inject, Injectable } from "@nestjs/common";
import { descriptors } from "@tandem/catalog";
import { type Manifest, parameterOrder } from "@tandem/domain/manifest";
import { type ConfigurationForm, configurationForm, type Overlays } from "@tandem/domain/release";
import type { Connection, Role } from "@tandem/domain/tenant";
import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { accountProviders } from "@tandem/ports/release-desk";
import type { Actor, ControlStore, DeploymentDetail, ManifestVersion } from "@tandem/ports/store/control";
import { STORE } from "../tokens.ts";
import { ReleaseCompiler } from "./release-compiler.ts";

/** A deployment's form with what it takes to show it. */
export interface DeskForm {
  readonly deployment: DeploymentDetail;
  readonly version: ManifestVersion;
  readonly manifest: Manifest;
  readonly overlayVersion: number;
  readonly form: ConfigurationForm;
  /** Vendors and connections of the tenant that fit each role. */
  readonly offers: ReadonlyMap<Role, RoleOffer>;
}

/** What a role can be connected to. */
export interface RoleOffer {
  readonly vendors: readonly AdapterDescriptor[];
  readonly connections: readonly Connection[];
}

/** Makes the form of a deployment from its playbook and from what the tenant has. */
@Injectable()
export class ConfigurationDesk {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    private readonly compiler: ReleaseCompiler,
  ) {}

  /** Throws `manifest_invalid`, `not_found`. */
  async form(actor: Actor, deployment: DeploymentDetail, reference: string): Promise<DeskForm> {
    const { version, manifest } = await this.compiler.manifest(actor, deployment, reference);
    const [tenant, source, connections] = await Promise.all([
      this.store.tenantOverlay(actor, deployment.playbook),
      this.store.manifestSource(actor, version.hash),
      everyConnection(this.store, actor),
    ]);
    const overlays: Overlays = { tenant: tenant.values, deployment: deployment.overlay };
    const form = configurationForm(manifest, overlays, parameterOrder(source ?? ""));
    const offers = new Map(form.accounts.map((account) => [account.role, offerFor(account, connections)]));
    return { deployment, version, manifest, overlayVersion: tenant.version, form, offers };
  }
}

function offerFor(account: ConfigurationForm["accounts"][number], connections: readonly Connection[]): RoleOffer {
  const provider = account.role.startsWith("provider.") ? account.role.slice("provider.".length) : null;
  const vendors = Object.values(descriptors).filter(({ id, providers = {} }) =>
    provider === null
      ? Object.hasOwn(account.vendors, id)
      : Object.hasOwn(providers, provider) &&
        account.kinds.every((kind) => providers[provider]?.includes(kind) === true),
  );
  const fits = ({ vendor, config }: Connection): boolean => {
    const descriptor = vendors.find(({ id }) => id === vendor);
    if (descriptor === undefined) return false;
    return provider === null || Object.hasOwn(accountProviders(descriptor, config), provider);
  };
  return { vendors, connections: connections.filter(fits) };
}

const MOST_PAGES = 5;

/** The tenant's connections, by name; a thousand at most. */
export async function everyConnection(store: ControlStore, actor: Actor): Promise<readonly Connection[]> {
  const found: Connection[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next }: { items: readonly Connection[]; next: string | null } = await store.listConnections(actor, {
      limit: 200,
      cursor,
    });
    found.push(...items);
    if (next === null) break;
    cursor = next;
  }
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}
