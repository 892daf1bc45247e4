import { AppError, type Clock, type JsonObject, type Secret } from "@tandem/kernel";
import type { AdapterDescriptor, OpenConnection, ResourceKind } from "@tandem/ports/adapter";
import type { ProviderAccess } from "@tandem/ports/provider";
import type { Vendors } from "@tandem/ports/vendors";
import { adapterLoaders } from "./adapter-loaders.ts";
import { carriers } from "./inbound.ts";
import { descriptors } from "./index.ts";
import { providers } from "./providers.ts";

/** A connection with its opened credential. */
export interface LoadedCredential {
  readonly vendor: string;
  readonly endpoint: "vendor" | "sandbox";
  readonly config: JsonObject;
  readonly credentialVersion: number;
  readonly secrets: Readonly<Record<string, Secret>>;
}

export interface VendorsOptions {
  /** Throws `not_found` or `connection_unsealed`. Asked at every `open`, so that a rotated credential is in force at once. */
  readonly loadCredential: (tenantId: string, connectionId: string) => Promise<LoadedCredential>;
  /** Sandbox name → origin; a connection of a vendor that is not named here cannot use the sandbox. */
  readonly sandboxOrigins: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Total deadline of one vendor call, milliseconds. */
  readonly deadlineMs: number;
}

export interface OpenVendors extends Vendors {
  close(): Promise<void>;
}

interface Opened {
  readonly credentialVersion: number;
  readonly configuration: string;
  readonly connection: Promise<OpenConnection>;
}

/** Opens tenants' connections and keeps one per connection; another credential version or configuration replaces it. */
export function openVendors(options: VendorsOptions): OpenVendors {
  const opened = new Map<string, Opened>();
  const drop = (key: string, stale: Opened): void => {
    if (opened.get(key) === stale) opened.delete(key);
  };
  return {
    descriptor: descriptorOf,
    kind: kindOf,
    carriesStream: (vendor) => {
      const carrier = carriers.get(vendor);
      return carrier?.stream !== undefined && carrier.documents.connectStream !== undefined;
    },
    providers: async (tenantId, connectionId) => {
      const credential = await options.loadCredential(tenantId, connectionId);
      const found = providers.get(credential.vendor);
      if (found === undefined)
        throw new AppError("not_found", `${credential.vendor} offers no provider`, {
          details: { vendor: credential.vendor },
        });
      return { providers: found, access: accessOf(credential, options) };
    },
    open: async (tenantId, connectionId) => {
      const credential = await options.loadCredential(tenantId, connectionId);
      const key = `${tenantId}/${connectionId}`;
      const configuration = JSON.stringify([credential.vendor, credential.endpoint, credential.config]);
      const kept = opened.get(key);
      if (kept?.credentialVersion === credential.credentialVersion && kept.configuration === configuration)
        return kept.connection;
      const fresh: Opened = {
        credentialVersion: credential.credentialVersion,
        configuration,
        connection: open(connectionId, credential, options),
      };
      opened.set(key, fresh);
      fresh.connection.catch(() => drop(key, fresh)); // the next one tries again; whoever awaits it sees the error
      await kept?.connection.then((connection) => connection.close()).catch(() => undefined); // closing the old one is best effort
      return fresh.connection;
    },
    close: async () => {
      const connections = [...opened.values()];
      opened.clear();
      await Promise.allSettled(connections.map(async ({ connection }) => (await connection).close()));
    },
  };
}

async function open(
  connectionId: string,
  credential: LoadedCredential,
  options: VendorsOptions,
): Promise<OpenConnection> {
  const load = Object.hasOwn(adapterLoaders, credential.vendor) ? adapterLoaders[credential.vendor] : undefined;
  if (load === undefined) throw unknownVendor(credential.vendor);
  const adapter = await load();
  return adapter.open({ connectionId, ...accessOf(credential, options), deadlineMs: options.deadlineMs });
}

/** What either kind of client is opened with. Throws `invalid_input` for a stored configuration that no longer fits its vendor. */
function accessOf(credential: LoadedCredential, options: VendorsOptions): ProviderAccess {
  const config = descriptorOf(credential.vendor).config.safeParse(credential.config);
  if (!config.success) {
    const places = config.error.issues
      .map((issue) => `${issue.path.join(".") || "config"}: ${issue.message}`)
      .join("; ");
    throw new AppError("invalid_input", `The connection's configuration does not fit ${credential.vendor}: ${places}`);
  }
  return {
    config: config.data as JsonObject,
    secrets: credential.secrets,
    baseUrl: baseUrlOf(credential, options.sandboxOrigins),
    clock: options.clock,
  };
}

function baseUrlOf(credential: LoadedCredential, origins: VendorsOptions["sandboxOrigins"]): string | null {
  if (credential.endpoint === "vendor") return null;
  const { sandboxName } = descriptorOf(credential.vendor);
  const origin = origins[sandboxName];
  if (origin !== undefined) return origin;
  throw new AppError(
    "config_invalid",
    `This process knows no sandbox for ${sandboxName}: TANDEM_SANDBOX_ORIGINS does not name it`,
  );
}

function descriptorOf(vendor: string): AdapterDescriptor {
  const descriptor = Object.hasOwn(descriptors, vendor) ? descriptors[vendor] : undefined;
  if (descriptor === undefined) throw unknownVendor(vendor);
  return descriptor;
}

function kindOf(vendor: string, kind: string): ResourceKind {
  const found = descriptorOf(vendor).resources.find((resource) => resource.kind === kind);
  if (found === undefined)
    throw new AppError("not_found", `${vendor} has no kind ${kind}`, { details: { vendor, kind } });
  return found;
}

const unknownVendor = (vendor: string): AppError =>
  new AppError("not_found", `There is no vendor ${vendor}; known are ${Object.keys(descriptors).join(", ")}`, {
    details: { vendor },
  });
