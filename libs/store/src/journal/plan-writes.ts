import type { Plan } from "@tandem/domain/plan";
import { json, type Sql } from "../database/sql.ts";

const SAVE_PLAN = `
  INSERT INTO plan (tenant_id, id, deployment_id, bundle_hash, hash, content) VALUES ($1, $2, $3, $4, $5, $6::jsonb)
  ON CONFLICT (tenant_id, id) DO NOTHING`;

/** Plans are immutable: the same id again changes nothing. */
export async function savePlan(sql: Sql, plan: Plan): Promise<void> {
  await sql.send(SAVE_PLAN, [plan.tenantId, plan.id, plan.deploymentId, plan.bundleHash, plan.hash, json(plan)]);
}
