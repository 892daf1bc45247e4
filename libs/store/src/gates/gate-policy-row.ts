import { builtInPolicies, type GatePolicy } from "@tandem/domain/gate";
import type { Environment } from "@tandem/domain/tenant";
import type { GatePolicyState } from "@tandem/ports/store/gates";
import type { Sql } from "../database/sql.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";

interface PolicyRow {
  tenant_id: string;
  policy: GatePolicy;
  version: number;
}

const POLICIES = `
  SELECT tenant_id, policy, version FROM gate_policy
  WHERE environment = $2 AND tenant_id IN ($1::uuid, '${PLATFORM_TENANT_ID}')`;

/** The policy in force for a tenant, or for the platform itself: its own, else the platform's, else what Tandem brings along. */
export async function readGatePolicy(sql: Sql, tenantId: string, environment: Environment): Promise<GatePolicyState> {
  const rows = await sql.rows<PolicyRow>(POLICIES, [tenantId, environment]);
  const own = rows.find((row) => row.tenant_id === tenantId);
  if (own !== undefined) return { environment, policy: own.policy, source: "own", version: own.version };
  const [platform] = rows;
  return platform === undefined
    ? { environment, policy: builtInPolicies[environment], source: "built-in", version: 0 }
    : { environment, policy: platform.policy, source: "platform", version: 0 };
}
