import type { ReleaseBundle } from "@tandem/domain/release";
import type { RolloutPolicy } from "@tandem/domain/rollout";
import type { ByRole, Connection, Overlay, Role } from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { MemberSubject, MemberToBegin } from "@tandem/ports/store/fleet";
import { changeDeployment, type ControlContext } from "../control/context.ts";
import { beginRollout } from "../control/rollout-start.ts";
import { rolloutMethods } from "../control/rollouts.ts";
import type { Sql } from "../database/sql.ts";
import { readGatePolicy } from "../gates/gate-policy-row.ts";
import { type ConnectionRow, connectionOf } from "../rows/connection-row.ts";
import { type DeploymentRow, deploymentOf } from "../rows/deployment-row.ts";
import { fleetSubject } from "./fleet-scope.ts";

interface SubjectRow extends DeploymentRow {
  readonly connection_ids: ByRole<string>;
  readonly connections: ConnectionRow[];
  readonly tenant_overlay: Overlay | null;
  readonly active_bundle: string | null;
}

// One statement, so one snapshot.
const SUBJECT = `
  SELECT d.*,
    (SELECT coalesce(json_object_agg(u.role, u.connection_id), '{}') FROM deployment_connection u
     WHERE u.tenant_id = d.tenant_id AND u.deployment_id = d.id) AS connection_ids,
    (SELECT coalesce(json_agg(c), '[]') FROM connection c WHERE c.tenant_id = d.tenant_id AND c.id IN (
       SELECT u.connection_id FROM deployment_connection u WHERE u.tenant_id = d.tenant_id AND u.deployment_id = d.id)) AS connections,
    (SELECT o.values FROM tenant_overlay o WHERE o.tenant_id = d.tenant_id AND o.playbook = d.playbook) AS tenant_overlay,
    (SELECT s.bundle_hash FROM slot s
     WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND s.slot = d.pointer_active) AS active_bundle
  FROM deployment d WHERE d.tenant_id = $1 AND d.id = $2`;

export async function readSubject(sql: Sql, { tenantId, deploymentId }: MemberToBegin): Promise<MemberSubject | null> {
  const row = await sql.row<SubjectRow>(SUBJECT, [tenantId, deploymentId]);
  if (row === null) return null;
  const deployment = deploymentOf(row, row.connection_ids);
  const byId = new Map(row.connections.map((connection) => [connection.id, connectionOf(connection)]));
  const connections: ByRole<Connection> = {};
  for (const [role, id] of Object.entries(row.connection_ids) as [Role, string][]) {
    const connection = byId.get(id);
    if (connection !== undefined) connections[role] = connection;
  }
  return {
    deployment,
    overlays: { tenant: row.tenant_overlay ?? {}, deployment: deployment.overlay },
    connections,
    gatePolicy: (await readGatePolicy(sql, tenantId, deployment.environment)).policy,
    activeBundleHash: row.active_bundle,
  };
}

const BEGIN = `
  UPDATE fleet_member SET state = 'running', begun_at = clock_timestamp(), waits_since = NULL, due_at = NULL
  WHERE tenant_id = $1 AND fleet_rollout_id = $2 AND deployment_id = $3 AND state = 'beginning'`;

class Moved extends Error {}

/** Member and rollout in one transaction under the deployment's lock; neither, when the member was taken back meanwhile. */
export async function beginMemberRollout(
  context: ControlContext,
  member: MemberToBegin,
  release: { readonly bundle: ReleaseBundle; readonly hash: string; readonly policy: RolloutPolicy },
): Promise<"begun" | "moved"> {
  const { tenantId, deploymentId, fleetRolloutId } = member;
  const { bundle, hash: bundleHash, policy } = release;
  const actor = actorOf(member);
  try {
    await changeDeployment(context, actor, deploymentId, async (change) => {
      const begun = await change.sql.run(BEGIN, [tenantId, fleetRolloutId, deploymentId]);
      if (begun === 0) throw new Moved();
      await beginRollout(context, actor, change, { deploymentId, bundle, bundleHash, policy, planId: null });
    });
    return "begun";
  } catch (error) {
    if (isMoved(error)) return "moved";
    throw error;
  }
}

const isMoved = (error: unknown): boolean =>
  error instanceof Moved || (error instanceof AppError && error.cause instanceof Moved);

/** A refusal is no error: it has switched, or it has ended. */
export async function abortMemberRollout(
  context: ControlContext,
  member: { readonly tenantId: string; readonly fleetRolloutId: string; readonly rolloutId: string },
): Promise<void> {
  const { rolloutId } = member;
  try {
    const reason = `The fleet rollout ${member.fleetRolloutId} was aborted.`;
    await rolloutMethods(context).requestOfRollout(actorOf(member), rolloutId, "abort", reason);
  } catch (error) {
    if (error instanceof AppError && (error.code === "rollout_refused" || error.code === "not_found")) return;
    throw error;
  }
}

/** The fleet rollout acts in its member's tenant by name: its audit rows there, and the rollout's author, tell which one it was. */
const actorOf = (member: {
  readonly tenantId: string;
  readonly fleetRolloutId: string;
  readonly rolloutId: string;
}): Actor => ({
  tenantId: member.tenantId,
  subject: fleetSubject(member.fleetRolloutId),
  roles: ["operator"],
  via: "worker",
  requestId: member.fleetRolloutId,
  effectId: member.rolloutId,
});
