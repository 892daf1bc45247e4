import { decideRollback, isLive } from "@tandem/domain/rollout";
import { otherSlot } from "@tandem/domain/slot";
import { AppError } from "@tandem/kernel";
import type { DeploymentDetail } from "@tandem/ports/store/control";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { Sql } from "../database/sql.ts";
import { readView, type ViewCaches } from "../rollouts/view.ts";
import { UUID } from "./context.ts";

const BY_NAME = `
  SELECT id, playbook, environment FROM deployment
  WHERE tenant_id = $1 AND (name = $2 OR playbook || '/' || environment || '/' || name = $2) ORDER BY id LIMIT 10`;

/** The id behind an id, a name that only one deployment has, or `playbook/environment/name`; null when there is none. */
export async function deploymentIdOf(sql: Sql, tenantId: string, idOrName: string): Promise<string | null> {
  if (UUID.test(idOrName)) return idOrName;
  const matches = await sql.rows<{ id: string; playbook: string; environment: string }>(BY_NAME, [tenantId, idOrName]);
  if (matches.length > 1) {
    const details = { matches: matches.map(({ id, playbook, environment }) => ({ id, playbook, environment })) };
    throw new AppError(
      "conflict",
      `Several deployments are called ${idOrName}: name one as playbook/environment/name or by its id.`,
      { details },
    );
  }
  return matches[0]?.id ?? null;
}

export async function readDetail(
  sql: Sql,
  caches: ViewCaches,
  tenantId: string,
  idOrName: string,
): Promise<DeploymentDetail | null> {
  const deploymentId = await deploymentIdOf(sql, tenantId, idOrName);
  const view = deploymentId === null ? null : await readView(sql, caches, { tenantId, deploymentId });
  if (view === null) return null;
  const { rollout } = view;
  return {
    ...view.deployment,
    pointer: view.pointer,
    liveRollout: rollout !== null && isLive(rollout) ? { id: rollout.id, phase: rollout.phase } : null,
    slots: view.slots,
    attachment: view.attachment,
    stateSerial: view.stateSerial,
    wayBack: wayBackOf(view),
    safetyNet: view.safetyNet ?? null,
  };
}

const BEFORE_SWITCH = "The rollout has not switched yet: going back would abort it, and callers would notice nothing.";

/** Asks the same decider that the rollback itself asks. */
function wayBackOf(view: RolloutView): DeploymentDetail["wayBack"] {
  const decision = decideRollback(view);
  const { active } = view.pointer;
  const verifiedAt = active === "none" ? null : view.slots[otherSlot(active)].verifiedAt;
  if (decision.kind === "rollback") return { possible: true, verifiedAt, reason: null };
  return { possible: false, verifiedAt, reason: decision.kind === "refused" ? decision.text : BEFORE_SWITCH };
}
