import type { AdapterDescriptor, OpenConnection, ResourceKind } from "./adapter.ts";
import type { ProviderAccess, Providers } from "./provider.ts";

/** A vendor's STT, LLM and TTS with the account to use them with. */
export interface ProviderAccount {
  readonly providers: Providers;
  readonly access: ProviderAccess;
}

/** The engine's door to vendors: opens a tenant's connection with its unsealed credential. Errors: `AppError` `connection_unsealed`, `not_found`. */
export interface Vendors {
  open(tenantId: string, connectionId: string): Promise<OpenConnection>;
  /** Descriptor of a vendor by adapter id; throws `not_found` for an unknown one. There is no default vendor. */
  descriptor(vendor: string): AdapterDescriptor;
  kind(vendor: string, kind: string): ResourceKind;
  /** Opens a tenant's connection as a provider of chains: in memory only, nothing connects before it is used. Throws `not_found` for a vendor that is none. */
  providers(tenantId: string, connectionId: string): Promise<ProviderAccount>;
  /** True when the vendor is a carrier whose audio we can speak on. */
  carriesStream(vendor: string): boolean;
}
