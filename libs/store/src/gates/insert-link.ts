import type { LinkAction } from "@tandem/domain/gate";
import type { Sql } from "../database/sql.ts";

const INSERT = `
  INSERT INTO decision_link (tenant_id, id, rollout_id, deployment_id, action, addressee, plan_hash, generation, expires_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, date_trunc('milliseconds', clock_timestamp() + $9::float8 * interval '1 millisecond'), $10)
  ON CONFLICT DO NOTHING`;

/** A link as it is made under the deployment's lock. */
export interface NewLink {
  readonly tenantId: string;
  readonly id: string;
  readonly rollout: { readonly id: string; readonly deploymentId: string; readonly planHash: string | null };
  readonly action: LinkAction;
  readonly addressee: string;
  /** The deployment's, which a rollback link is bound to. */
  readonly generation: number;
  readonly ttlMs: number;
  readonly createdBy: string;
}

/** Binds the link to the rollout's plan, or to the generation; false when there is one of this id. */
export async function insertLink(sql: Sql, link: NewLink): Promise<boolean> {
  const { tenantId, id, rollout, action, addressee, generation, ttlMs, createdBy } = link;
  const isBack = action === "rollback";
  const bound = [isBack ? null : rollout.planHash, isBack ? generation : null];
  const terms = [rollout.id, rollout.deploymentId, action, addressee, ...bound];
  return (await sql.run(INSERT, [tenantId, id, ...terms, ttlMs, createdBy])) > 0;
}
