import type { AdapterDescriptor, OpenConnection, ResourceKind } from "./adapter.ts";

/** The engine's door to vendors: opens a tenant's connection with its unsealed credential. Errors: `AppError` `connection_unsealed`, `not_found`. */
export interface Vendors {
  open(tenantId: string, connectionId: string): Promise<OpenConnection>;
  /** Descriptor of a vendor by adapter id; throws `not_found` for an unknown one. There is no default vendor. */
  descriptor(vendor: string): AdapterDescriptor;
  kind(vendor: string, kind: string): ResourceKind;
}
