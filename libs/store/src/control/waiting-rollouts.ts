import { isLive } from "@tandem/domain/rollout";
import { AppError, type JsonObject } from "@tandem/kernel";
import type { Actor, ControlStore, StartRollout } from "@tandem/ports/store/control";
import type { WaitingRollout } from "@tandem/ports/store/gates";
import { json, type Sql } from "../database/sql.ts";
import { WAITING_ROWS, waitingCount, waitingOf, type WaitingRow } from "../gates/waiting-row.ts";
import { saveRelease } from "../journal/release-writes.ts";
import { readPlan, readView } from "../rollouts/view.ts";
import {
  changeDeployment,
  type ControlContext,
  effectIdOf,
  inActorsTenant,
  type LockedChange,
  pageSize,
  requireTenant,
  toPage,
  UUID,
} from "./context.ts";
import { account } from "./decision.ts";
import { beginNow, madeBefore, requireFloor } from "./rollout-start.ts";

/** More than anybody waits for with a purpose. */
const MOST_WAITING = 20;

const INSERT = `
  INSERT INTO waiting_rollout (tenant_id, id, deployment_id, turn, bundle_hash, policy, plan_id, created_by)
  SELECT $1, $2, $3, coalesce(max(w.turn), 0) + 1, $4, $5::jsonb, $6, $7 FROM waiting_rollout w WHERE w.tenant_id = $1 AND w.deployment_id = $3`;
const BY_ID = `${WAITING_ROWS} WHERE w.tenant_id = $1 AND w.id = $2`;
const LIST = `
  ${WAITING_ROWS} WHERE w.tenant_id = $1 AND w.deployment_id = $2
  ORDER BY w.ended_at IS NOT NULL, CASE WHEN w.ended_at IS NULL THEN w.turn ELSE -w.turn END LIMIT $3 OFFSET $4`;
const CANCEL = `
  UPDATE waiting_rollout SET state = 'cancelled', reason = $3::jsonb, ended_at = clock_timestamp()
  WHERE tenant_id = $1 AND id = $2 AND state = 'waiting'`;

type Methods = Pick<ControlStore, "queueRollout" | "waitingRollouts" | "cancelWaiting">;

export function waitingRolloutMethods(context: ControlContext): Methods {
  return {
    queueRollout: (actor, start) =>
      changeDeployment(context, actor, start.deploymentId, (change) => queue(context, actor, change, start)),
    waitingRollouts: async (actor, deploymentId, page) => {
      const tenantId = requireTenant(actor);
      const skipped = page.cursor === null ? 0 : Number(Buffer.from(page.cursor, "base64url").toString());
      if (!Number.isInteger(skipped) || skipped < 0)
        throw new AppError("invalid_input", "The cursor is not one of ours.", { details: { field: "cursor" } });
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<WaitingRow>(LIST, [tenantId, deploymentId, pageSize(page), skipped]),
      );
      return toPage(rows, page, waitingOf, () => String(skipped + pageSize(page) - 1));
    },
    cancelWaiting: (actor, waitingId, reason) => cancel(context, actor, waitingId, reason),
  };
}

async function queue(
  context: ControlContext,
  actor: Actor,
  change: LockedChange,
  start: StartRollout,
): ReturnType<ControlStore["queueRollout"]> {
  const tenantId = requireTenant(actor);
  const { sql, transaction } = change;
  const made = await madeBefore(change, actor);
  if (made !== null) return { kind: "started", rollout: made };
  const before = actor.effectId === undefined ? null : await readWaiting(sql, tenantId, actor.effectId);
  if (before !== null) return { kind: "waiting", waiting: before };
  const waiting = await waitingCount(sql, tenantId, start.deploymentId);
  const isBusy = transaction.rollout !== null && isLive(transaction.rollout);
  if (!isBusy && waiting === 0) return { kind: "started", rollout: await beginNow(context, actor, change, start) };
  if (waiting >= MOST_WAITING)
    throw new AppError("conflict", `${waiting} rollouts wait for this deployment already: cancel some.`, {
      details: { waiting },
    });
  return { kind: "waiting", waiting: await insertWaiting(context, actor, change, start) };
}

/** Checks what can be checked now; the rest when its turn has come. */
async function insertWaiting(
  context: ControlContext,
  actor: Actor,
  change: LockedChange,
  start: StartRollout,
): Promise<WaitingRollout> {
  const [tenantId, id] = [requireTenant(actor), effectIdOf(context, actor)];
  const { sql } = change;
  const { deploymentId, bundle, bundleHash, planId, policy } = start;
  const view = await readView(sql, context.caches, { tenantId, deploymentId });
  if (view === null) throw new AppError("not_found", "There is no such deployment.");
  await requireFloor(sql, view, policy);
  if (policy.freezeOverride !== undefined)
    throw new AppError("invalid_input", "A window is overridden for a rollout that begins, not for one that waits.", {
      details: { field: "policy.freezeOverride" },
    });
  const plan = planId === null ? null : await readPlan(sql, context.caches, tenantId, planId);
  if (planId !== null && plan?.deploymentId !== deploymentId)
    throw new AppError("not_found", "There is no such plan for this deployment.", { details: { planId } });
  await saveRelease(sql, tenantId, bundle, bundleHash);
  await sql.run(INSERT, [tenantId, id, deploymentId, bundleHash, json(policy), planId, actor.subject]);
  const after: JsonObject = { deploymentId, bundleHash, planId };
  account(change, actor, {
    action: "rollout.queued",
    object: `waiting-rollout/${id}`,
    after,
    reason: null,
    deploymentId,
  });
  const waiting = await readWaiting(sql, tenantId, id);
  if (waiting === null) throw new AppError("internal", "The waiting rollout just written is not there.");
  return waiting;
}

async function readWaiting(sql: Sql, tenantId: string, id: string): Promise<WaitingRollout | null> {
  const row = UUID.test(id) ? await sql.row<WaitingRow>(BY_ID, [tenantId, id]) : null;
  return row === null ? null : waitingOf(row);
}

async function cancel(
  context: ControlContext,
  actor: Actor,
  waitingId: string,
  reason: string | null,
): Promise<WaitingRollout> {
  const tenantId = requireTenant(actor);
  const known = await inActorsTenant(context, actor, (sql) => readWaiting(sql, tenantId, waitingId));
  if (known === null) throw new AppError("not_found", "There is no such waiting rollout.", { details: { waitingId } });
  const { deploymentId } = known;
  return changeDeployment(context, actor, deploymentId, async (change) => {
    const { sql } = change;
    const why = { code: "cancelled", detail: reason ?? "" };
    if ((await sql.run(CANCEL, [tenantId, waitingId, json(why)])) === 0)
      throw new AppError("conflict", "The rollout waits no more.", { details: { waitingId } });
    const [action, object] = ["rollout.queue-cancelled", `waiting-rollout/${waitingId}`];
    account(change, actor, { action, object, after: why, reason, deploymentId });
    return (await readWaiting(sql, tenantId, waitingId)) ?? known;
  });
}
