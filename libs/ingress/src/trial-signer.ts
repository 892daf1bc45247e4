import { agents, carriers } from "@tandem/catalog/inbound";
import type { Vendors } from "@tandem/ports/vendors";
import type { Deployment, Role } from "@tandem/domain/tenant";
import { AppError, type Clock, type Json, type Secret } from "@tandem/kernel";
import type { AgentIngress, CarrierIngress } from "@tandem/ports/inbound";
import type { RolloutStore, RolloutView } from "@tandem/ports/store/rollouts";

/** A connection with its opened credential, as the worker loads it. */
export interface LoadedCredential {
  readonly vendor: string;
  readonly endpoint: "vendor" | "sandbox";
  readonly secrets: Readonly<Record<string, Secret>>;
}

export interface IngressProbeOptions {
  readonly store: Pick<RolloutStore, "view">;
  readonly loadCredential: (tenantId: string, connectionId: string) => Promise<LoadedCredential>;
  /** The caller of a release with real providers speaks and hears through them. */
  readonly vendors: Pick<Vendors, "providers">;
  /** Where carriers and agents reach the media service. */
  readonly publicUrl: string;
  /** The same secret as in the media service. */
  readonly ticketKey: Secret;
  readonly clock: Clock;
}

/** Whose ingress is called. */
export interface Subject {
  readonly tenantId: string;
  readonly deploymentId: string;
}

/** A deployment and the vendor behind one of its roles, with the credential to sign as that vendor. */
export interface Signer<Vendor> {
  readonly view: RolloutView;
  readonly deployment: Deployment;
  readonly vendor: Vendor;
  readonly secrets: LoadedCredential["secrets"];
}

/** Reserved for fiction: no caller has it. */
const TRIAL_CALLER = "+15550100199";

export const carrierOf = (options: IngressProbeOptions, subject: Subject): Promise<Signer<CarrierIngress>> =>
  signerOf(options, subject, "telephony", carriers);

export const agentVendorOf = (options: IngressProbeOptions, subject: Subject): Promise<Signer<AgentIngress>> =>
  signerOf(options, subject, "voiceAgent", agents);

async function signerOf<Vendor>(
  options: IngressProbeOptions,
  { tenantId, deploymentId }: Subject,
  role: Role,
  vendors: ReadonlyMap<string, Vendor>,
): Promise<Signer<Vendor>> {
  const view = await options.store.view(tenantId, deploymentId);
  if (view === null) throw new AppError("not_found", `There is no deployment ${deploymentId}`);
  const { deployment } = view;
  const connectionId = deployment.connections[role];
  if (connectionId === undefined) throw new AppError("not_found", `${deployment.name} has no connection for ${role}`);
  const { vendor: id, secrets } = await options.loadCredential(tenantId, connectionId);
  const vendor = vendors.get(id);
  if (vendor === undefined) throw new AppError("not_found", `${id} does not send requests to the ingress as ${role}`);
  return { view, deployment, vendor, secrets };
}

export const partiesOf = (deployment: Deployment) => ({ from: TRIAL_CALLER, to: deployment.number ?? TRIAL_CALLER });

export function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
