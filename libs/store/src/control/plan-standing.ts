import type { Plan } from "@tandem/domain/plan";
import type { ControlStore } from "@tandem/ports/store/control";
import type { PlanRollout, PlanStanding } from "@tandem/ports/store/plans";
import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { readPlan, readView } from "../rollouts/view.ts";
import { type ControlContext, inActorsTenant, requireTenant, UUID } from "./context.ts";
import { movedSince } from "./rollout-start.ts";

const REQUEST = `
  SELECT subject_id AS "deploymentId", bundle_hash AS "bundleHash", requested_by AS "requestedBy", created_at AS "requestedAt"
  FROM command WHERE tenant_id = $1 AND id = $2 AND kind = 'plan'`;
const ROLLOUTS = `
  SELECT id, phase, created_by AS "createdBy", created_at AS "createdAt" FROM rollout
  WHERE tenant_id = $1 AND deployment_id = $2 AND plan_id = $3 ORDER BY id DESC LIMIT 20`;

type Request = Pick<PlanStanding, "deploymentId" | "bundleHash" | "requestedBy" | "requestedAt">;
type RequestRow = Omit<Request, "requestedAt"> & { readonly requestedAt: Timestamp };
type RolloutRow = Omit<PlanRollout, "createdAt"> & { readonly createdAt: Timestamp };

export function planStandingMethods(context: ControlContext): Pick<ControlStore, "planStanding"> {
  return {
    planStanding: async (actor, planId) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(planId)) return null;
      return inActorsTenant(context, actor, async (sql) => {
        const plan = await readPlan(sql, context.caches, tenantId, planId);
        const request = plan === null ? await readRequest(sql, tenantId, planId) : requestOf(plan);
        if (request === null) return null;
        const { deploymentId } = request;
        const view = plan === null ? null : await readView(sql, context.caches, { tenantId, deploymentId });
        const rollouts = await sql.rows<RolloutRow>(ROLLOUTS, [tenantId, deploymentId, planId]);
        return {
          ...request,
          moved: plan === null || view === null ? [] : movedSince(plan, view),
          rollouts: rollouts.map((row) => ({ ...row, createdAt: instantOf(row.createdAt) })),
        };
      });
    },
  };
}

async function readRequest(sql: Sql, tenantId: string, planId: string): Promise<Request | null> {
  const row = await sql.row<RequestRow>(REQUEST, [tenantId, planId]);
  return row === null ? null : { ...row, requestedAt: instantOf(row.requestedAt) };
}

/** A plan that a rollout made for itself has no request. */
const requestOf = ({ deploymentId, bundleHash, createdBy, createdAt }: Plan): Request => ({
  deploymentId,
  bundleHash,
  requestedBy: createdBy,
  requestedAt: createdAt,
});
