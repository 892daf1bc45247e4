import type { AgentIngress, CarrierIngress, CredentialSecrets, InboundRequest } from "@tandem/ports/inbound";
import type { Served } from "../pointer/served.ts";
import type { Credentials } from "./credentials.ts";

/** Vendors whose requests this service takes, by adapter id. There is no default vendor. */
export interface InboundVendors {
  readonly carriers: ReadonlyMap<string, CarrierIngress>;
  readonly agents: ReadonlyMap<string, AgentIngress>;
}

/** Who signed a request: one of the deployment's own connections. */
export interface VerifiedBy<Vendor> {
  readonly vendor: Vendor;
  readonly connectionId: string;
}

interface Verifier {
  verify(request: InboundRequest, secrets: CredentialSecrets): boolean;
}

/** The connection of the deployment whose credential signed the request; null when none did. Throws when a credential cannot be opened and no other fits. */
export async function verifiedBy<Vendor extends Verifier>(
  served: Served,
  vendors: ReadonlyMap<string, Vendor>,
  credentials: Credentials,
  request: InboundRequest,
): Promise<VerifiedBy<Vendor> | null> {
  const { tenantId, connections } = served.deployment;
  let unopened: unknown = null;
  for (const [connectionId, connection] of Object.entries(connections)) {
    const vendor = vendors.get(connection.vendor);
    if (vendor === undefined) continue;
    try {
      const accepted = await credentials.accepted(tenantId, connectionId, connection);
      if (accepted.some((secrets) => vendor.verify(request, secrets))) return { vendor, connectionId };
    } catch (error) {
      unopened = error;
    }
  }
  if (unopened !== null) throw unopened;
  return null;
}
