import {
  type CompiledRelease,
  compileRelease,
  type IngressUrls,
  type ProviderKinds,
  type ReleaseInput,
  type RoleConnection,
} from "@tandem/domain/release";
import { agentSocketSecret, type ByRole, type Connection, type Deployment, type Role } from "@tandem/domain/tenant";
import { AppError, type JsonObject } from "@tandem/kernel";
import type { AdapterDescriptor } from "./adapter.ts";
import type { CarrierIngress } from "./inbound.ts";

/** What is known of vendors without their SDKs. */
export interface VendorCatalog {
  readonly descriptors: Readonly<Record<string, AdapterDescriptor>>;
  readonly carriers: ReadonlyMap<string, CarrierIngress>;
}

/** Where carriers and vendors reach this installation. */
export interface IngressBase {
  readonly publicUrl: string;
  readonly fallbackUrl: string | null;
}

/** What a tenant has configured for one deployment. */
export interface DeskInput extends Pick<ReleaseInput, "manifest" | "manifestHash" | "overlays"> {
  readonly deployment: Pick<Deployment, "id" | "name" | "environment" | "number" | "ingressKey">;
  readonly connections: Readonly<ByRole<Pick<Connection, "id" | "vendor" | "config">>>;
  readonly ingress: IngressBase;
}

/**
 * Makes the bundle that a deployment would run with a manifest version. The API asks for it when a person plans or starts, a worker when a
 * fleet rollout begins a member: both make the same bundle, to the byte. Throws `invalid_input` for a vendor that is not installed.
 */
export function compileAtDesk(catalog: VendorCatalog, input: DeskInput): CompiledRelease {
  const { deployment, connections } = input;
  return compileRelease({
    manifest: input.manifest,
    manifestHash: input.manifestHash,
    deployment,
    overlays: input.overlays,
    connections: accountsOf(catalog, connections),
    ingress: ingressUrls(
      input.ingress,
      deployment.ingressKey,
      catalog.carriers.get(connections.telephony?.vendor ?? ""),
    ),
    kindOf: (vendor, kind) => descriptorAt(catalog, vendor)?.resources.find((resource) => resource.kind === kind),
    providers: offeredProviders(catalog),
  });
}

const descriptorAt = ({ descriptors }: VendorCatalog, vendor: string): AdapterDescriptor | undefined =>
  Object.hasOwn(descriptors, vendor) ? descriptors[vendor] : undefined;

function accountsOf(catalog: VendorCatalog, connections: DeskInput["connections"]): ReleaseInput["connections"] {
  const accounts: ByRole<RoleConnection> = {};
  for (const [role, { id, vendor, config }] of Object.entries(connections) as [Role, DeskConnection][]) {
    const descriptor = descriptorAt(catalog, vendor);
    if (descriptor === undefined)
      throw new AppError("invalid_input", `There is no vendor ${vendor}: the ${role} connection names it.`);
    accounts[role] = {
      connectionId: id,
      vendor,
      requiredScopes: Object.keys(descriptor.requiredScopes),
      providers: accountProviders(descriptor, config),
    };
  }
  return accounts;
}

type DeskConnection = Pick<Connection, "id" | "vendor" | "config">;

/** Every provider name that an installed vendor offers, with the kinds it can be. */
const offeredProviders = ({ descriptors }: VendorCatalog): ProviderKinds =>
  Object.assign({}, ...Object.values(descriptors).map(({ providers }) => providers ?? {})) as ProviderKinds;

/**
 * The providers that one account can be. A vendor with several services keeps in `config.service` which one the account belongs to; an
 * account that names none of them (a compatible server of one's own) can stand for each.
 */
export function accountProviders({ providers = {} }: AdapterDescriptor, config: JsonObject): ProviderKinds {
  const { service } = config;
  const kinds = typeof service === "string" && Object.hasOwn(providers, service) ? providers[service] : undefined;
  return kinds === undefined || typeof service !== "string" ? providers : { [service]: kinds };
}

/**
 * The public addresses of a deployment's ingress. The carrier is told how long it may wait for a node: by itself it would wait
 * 10–15 s for a dead one before it takes the fallback (ruling 34).
 */
function ingressUrls(base: IngressBase, ingressKey: string, carrier: CarrierIngress | undefined): IngressUrls {
  const voice = `${base.publicUrl}/voice/${ingressKey}`;
  const agent = `${base.publicUrl}/agent/${ingressKey}`;
  return {
    voiceUrl: carrier?.withDeadlines(voice) ?? voice,
    voiceFallbackUrl: base.fallbackUrl ?? `${voice}/fallback`,
    statusUrl: `${voice}/status`,
    toolUrl: `${agent}/tools`,
    agentEventsUrl: `${agent}/events`,
    llmUrl: `${agent.replace(/^http/, "ws")}/llm/${agentSocketSecret(ingressKey)}`,
  };
}
