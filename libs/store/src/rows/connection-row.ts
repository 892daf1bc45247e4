import type { Connection, SmokeWrites } from "@tandem/domain/tenant";
import type { JsonObject } from "@tandem/kernel";

export interface ConnectionRow {
  tenant_id: string;
  id: string;
  name: string;
  vendor: string;
  endpoint: string;
  config: JsonObject;
  smoke_writes: string;
  credential_version: number | null;
}

export const connectionOf = (row: ConnectionRow): Connection => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  vendor: row.vendor,
  endpoint: row.endpoint as Connection["endpoint"],
  config: row.config,
  smokeWrites: row.smoke_writes as SmokeWrites,
  credentialVersion: row.credential_version,
});
