import type { ByRole, Deployment, Environment, Overlay } from "@tandem/domain/tenant";
import type { NumberRouting } from "@tandem/ports/telephony";
import type { PointerRow } from "./pointer-row.ts";

export interface DeploymentRow extends PointerRow {
  tenant_id: string;
  id: string;
  name: string;
  playbook: string;
  environment: string;
  ingress_key: string;
  number: string | null;
  overlay: Overlay;
  config_version: number;
  state_serial: number;
  credential_serial: number;
  lease_owner: string | null;
  lease_epoch: number;
  attached: boolean;
  stored_routing: NumberRouting | null;
}

/** `connections`: role → connection id, from the rows beside it. */
export const deploymentOf = (row: DeploymentRow, connections: ByRole<string>): Deployment => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  playbook: row.playbook,
  environment: row.environment as Environment,
  ingressKey: row.ingress_key,
  number: row.number,
  connections,
  overlay: row.overlay,
  configVersion: row.config_version,
});
