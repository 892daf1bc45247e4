import { decideDetach, decideRequest, type Rollout } from "@tandem/domain/rollout";
import type { Approval } from "@tandem/domain/gate";
import type { Plan } from "@tandem/domain/plan";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor, ControlStore, RolloutRequest } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { insertApproval, readApprovals } from "../gates/approvals.ts";
import { readView } from "../rollouts/view.ts";
import { changeDeployment, type ControlContext, inActorsTenant, type LockedChange, requireTenant } from "./context.ts";
import { account, readRollout, refusedBy, requireRollout, writeRolloutChange } from "./decision.ts";
import { beginRollout, insertRollout, movedSince } from "./rollout-start.ts";

/** A detach gates nothing and watches nothing. */
const DETACH_POLICY = { approval: "none", promotion: "automatic", bakeMs: 0, approvalTtlMs: 0 } as const;

export function rolloutMethods(
  context: ControlContext,
): Pick<ControlStore, "startRollout" | "requestOfRollout" | "approvals" | "requestDetach" | "view"> {
  return {
    view: async (actor, deploymentId) =>
      inActorsTenant(context, actor, (sql) =>
        readView(sql, context.caches, { tenantId: requireTenant(actor), deploymentId }),
      ),
    startRollout: async (actor, start) =>
      changeDeployment(context, actor, start.deploymentId, (change) => beginRollout(context, actor, change, start)),
    requestOfRollout: async (actor, rolloutId, request, reason, planHash) =>
      requestOfRollout(context, actor, { rolloutId, request, reason, ...(planHash !== undefined && { planHash }) }),
    approvals: async (actor, rolloutId) => {
      const tenantId = requireTenant(actor);
      return inActorsTenant(context, actor, async (sql) => {
        await requireRollout(sql, tenantId, rolloutId);
        return readApprovals(sql, tenantId, rolloutId);
      });
    },
    requestDetach: async (actor, deploymentId) => requestDetach(context, actor, deploymentId),
  };
}

interface Asked {
  readonly rolloutId: string;
  readonly request: RolloutRequest;
  readonly reason: string | null;
  /** The plan that an approval is about. */
  readonly planHash?: string;
}

async function requestOfRollout(context: ControlContext, actor: Actor, asked: Asked): Promise<Rollout> {
  const tenantId = requireTenant(actor);
  const { rolloutId } = asked;
  const known = await inActorsTenant(context, actor, (sql) => requireRollout(sql, tenantId, rolloutId));
  return changeDeployment(context, actor, known.deploymentId, async (change) => {
    const { transaction, sql } = change;
    const rollout =
      transaction.rollout?.id === rolloutId
        ? transaction.rollout
        : ((await readRollout(sql, tenantId, rolloutId)) ?? known);
    await requireSamePlan(context, sql, rollout, asked.planHash);
    await applyRequest(change, actor, rollout, { ...asked, via: actor.via === "cli" ? "cli" : "api" });
    return (await readRollout(sql, tenantId, rolloutId)) ?? rollout;
  });
}

/** What a person asks of a rollout, within a transaction that holds the deployment's row. Throws what is refused. */
export async function applyRequest(
  change: LockedChange,
  actor: Actor,
  rollout: Rollout,
  { request, reason, via }: Pick<Asked, "request" | "reason"> & { readonly via: Approval["via"] },
): Promise<void> {
  const { transaction, sql } = change;
  const { tenantId, deploymentId, id: rolloutId } = rollout;
  const decision = decideRequest(rollout, request, {
    subject: actor.subject,
    roles: actor.roles,
    pointer: transaction.pointer,
    ...(request === "approve" && { approvals: await readApprovals(sql, tenantId, rolloutId) }),
    ...(reason !== null && { detail: reason }),
  });
  if (decision.kind === "refused") throw refusedBy(decision, rollout.phase);
  if (decision.approval !== undefined)
    await insertApproval(sql, { tenantId, rolloutId }, { ...decision.approval, subject: actor.subject, via, reason });
  await writeRolloutChange(change, decision);
  transaction.closing.notifyWork({ tenantId, deploymentId, commandId: null });
  const [before, after] = [
    { phase: rollout.phase, desired: rollout.desired },
    { ...decision.rollout, ...decision.approval },
  ];
  const object = `rollout/${rolloutId}`;
  account(change, actor, { action: decision.auditAction, object, before, after, reason, deploymentId });
}

const PLAN_BY_HASH = "SELECT content FROM plan WHERE tenant_id = $1 AND deployment_id = $2 AND hash = $3 LIMIT 1";

/** Throws `plan_stale`, naming what moved between the plan that somebody looked at and the one that the rollout has. */
async function requireSamePlan(
  context: ControlContext,
  sql: Sql,
  { tenantId, deploymentId, planHash }: Rollout,
  wanted: string | undefined,
): Promise<void> {
  if (wanted === undefined || wanted === planHash) return;
  const plan = (await sql.row<{ content: Plan }>(PLAN_BY_HASH, [tenantId, deploymentId, wanted]))?.content;
  const view = plan === undefined ? null : await readView(sql, context.caches, { tenantId, deploymentId });
  const moved = [
    { path: "plan.hash", planned: wanted, now: planHash },
    ...(plan === undefined || view === null ? [] : movedSince(plan, view)),
  ];
  throw new AppError("plan_stale", "The rollout has another plan than the one this decision is about.", {
    details: { moved: moved as unknown as Json },
  });
}

async function requestDetach(context: ControlContext, actor: Actor, deploymentId: string): Promise<Rollout> {
  return changeDeployment(context, actor, deploymentId, async (change) => {
    const tenantId = requireTenant(actor);
    const { transaction, sql } = change;
    if (actor.effectId !== undefined) {
      const made = await readRollout(sql, tenantId, actor.effectId);
      if (made !== null) return made;
    }
    const view = await readView(sql, context.caches, { tenantId, deploymentId });
    if (view === null) throw new AppError("not_found", "There is no such deployment.");
    const decision = decideDetach(view);
    if (decision.kind === "refused") throw refusedBy(decision, transaction.rollout?.phase ?? null);
    transaction.fence();
    if (decision.kind === "start") {
      const { event, auditAction, rollout } = decision;
      return insertRollout(context, actor, change, {
        deploymentId,
        policy: DETACH_POLICY,
        planId: null,
        planHash: null,
        ...rollout,
        event,
        auditAction,
      });
    }
    await writeRolloutChange(change, decision);
    transaction.closing.notifyWork({ tenantId, deploymentId, commandId: null });
    account(change, actor, {
      action: decision.auditAction,
      object: `deployment/${deploymentId}`,
      after: { ...decision.rollout },
      reason: null,
      deploymentId,
    });
    const joined = await readRollout(sql, tenantId, transaction.rollout?.id ?? "");
    if (joined === null) throw new AppError("internal", "The rollout that was joined is not there.");
    return joined;
  });
}
