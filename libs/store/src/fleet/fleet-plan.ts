import { type Candidate, planWaves, type WavePlan } from "@tandem/domain/fleet";
import type { Environment } from "@tandem/domain/tenant";
import { AppError, contentHash, type Json } from "@tandem/kernel";
import type { FleetPlan, FleetWish, PlannedMember } from "@tandem/ports/store/fleet";
import type { Sql } from "../database/sql.ts";

/** More would not fit one transaction's time. */
const MOST_MEMBERS = 20_000;

interface CandidateRow {
  readonly tenant_id: string;
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly environment: Environment;
  readonly is_live: boolean;
  readonly manifest_hash: string | null;
  readonly is_early: boolean;
  readonly is_taken: boolean;
}

const CANDIDATES = `
  SELECT d.tenant_id, t.slug AS tenant, d.id, d.name, d.environment, d.pointer_active <> 'none' AS is_live, r.manifest_hash,
    coalesce(own.is_member, whole.is_member, false) AS is_early,
    EXISTS (SELECT FROM fleet_member m WHERE m.tenant_id = d.tenant_id AND m.deployment_id = d.id
      AND m.state IN ('pending', 'waiting', 'beginning', 'running')) AS is_taken
  FROM deployment d
  JOIN tenant t ON t.id = d.tenant_id
  LEFT JOIN slot s ON s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND s.slot = d.pointer_active
  LEFT JOIN release r ON r.tenant_id = s.tenant_id AND r.hash = s.bundle_hash
  LEFT JOIN early_access own ON own.tenant_id = d.tenant_id AND own.subject_id = d.id
  LEFT JOIN early_access whole ON whole.tenant_id = d.tenant_id AND whole.subject_id = d.tenant_id
  WHERE d.playbook = $1
    AND ($2::text[] IS NULL OR d.environment = ANY ($2))
    AND ($3::uuid[] IS NULL OR d.tenant_id = ANY ($3))
    AND ($4::text[] IS NULL OR EXISTS (SELECT FROM tenant_tag g WHERE g.tenant_id = d.tenant_id AND g.tag = ANY ($4)))
    AND ($5::uuid[] IS NULL OR d.id = ANY ($5))
  ORDER BY d.id LIMIT $6`;

/** A deployment as planning sees it. */
export type PlanningMember = Candidate & PlannedMember;

/** Reads every deployment that is meant and sorts them into waves. Throws `fleet_refused` when there are too many. */
export async function readPlan(sql: Sql, wish: FleetWish): Promise<WavePlan<PlanningMember>> {
  const { playbook, environments, tenantIds, tenantTags, deploymentIds } = wish.selection;
  const limit = MOST_MEMBERS + 1;
  const rows = await sql.rows<CandidateRow>(CANDIDATES, [
    playbook,
    environments,
    tenantIds,
    tenantTags,
    deploymentIds,
    limit,
  ]);
  if (rows.length === limit)
    throw new AppError("fleet_refused", `More than ${MOST_MEMBERS} deployments are meant: select fewer.`, {
      details: { reason: "too-many", state: null },
    });
  // The same deployments come in the same order from a plan and from the start that follows it.
  return planWaves(rows.map(candidateOf), { ...wish, seed: wish.manifestHash });
}

const candidateOf = (row: CandidateRow): PlanningMember => ({
  tenantId: row.tenant_id,
  tenant: row.tenant,
  deploymentId: row.id,
  name: row.name,
  environment: row.environment,
  isEarlyAccess: row.is_early,
  runsManifest: row.manifest_hash,
  isLive: row.is_live,
  isTaken: row.is_taken,
});

const shown = ({
  tenantId,
  tenant,
  deploymentId,
  name,
  environment,
  isEarlyAccess,
}: PlanningMember): PlannedMember => ({
  tenantId,
  tenant,
  deploymentId,
  name,
  environment,
  isEarlyAccess,
});

/** Names what would move, in which wave and within which limits: another hash means that the fleet or the wish has changed. */
export const planHash = (plan: WavePlan<PlanningMember>, wish: FleetWish): string =>
  contentHash({
    manifestHash: wish.manifestHash,
    policy: wish.policy,
    patience: wish.patience,
    waves: plan.waves.map(({ name, limits, members }) => ({
      name,
      limits,
      members: members.map((one) => one.deploymentId),
    })),
  } as unknown as Json);

export const presentPlan = (plan: WavePlan<PlanningMember>, wish: FleetWish): FleetPlan => ({
  hash: planHash(plan, wish),
  waves: plan.waves.map(({ name, limits, members }) => ({ name, limits, members: members.map(shown) })),
  leftOut: plan.leftOut.map(({ member, reason }) => ({ member: shown(member), reason })),
});
