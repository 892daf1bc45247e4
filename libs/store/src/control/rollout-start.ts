import { type Desired, isLive, type Phase, type Rollout, type RolloutPolicy } from "@tandem/domain/rollout";
import { movedPaths, type Plan, targetSlotOf } from "@tandem/domain/plan";
import type { Slot } from "@tandem/domain/slot";
import { AppError, type Json, type JsonObject } from "@tandem/kernel";
import type { Actor, StartRollout } from "@tandem/ports/store/control";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { violatedUnique } from "../database/database-error.ts";
import { json } from "../database/sql.ts";
import { saveRelease } from "../journal/release-writes.ts";
import { readPlan, readView } from "../rollouts/view.ts";
import { type ControlContext, effectIdOf, type LockedChange, requireTenant } from "./context.ts";
import { account, readRollout } from "./decision.ts";

/** What a rollout row begins with. */
export interface NewRollout {
  readonly phase: Phase;
  readonly desired: Desired;
  readonly policy: RolloutPolicy;
  readonly bundleHash: string;
  readonly targetSlot: Slot;
  readonly planId: string | null;
  readonly planHash: string | null;
  readonly reason: Rollout["reason"];
  readonly event: { readonly type: string; readonly payload: JsonObject };
  readonly auditAction: string;
}

const INSERT = `
  INSERT INTO rollout (tenant_id, id, deployment_id, phase, desired, policy, bundle_hash, target_slot, plan_id, plan_hash, reason, memory, engine_version, created_by)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11::jsonb, '{}', $12, $13)`;

/** Inserts the row with its first event, message, notices and audit row. Throws `rollout_live` when another one got in first. */
export async function insertRollout(
  context: ControlContext,
  actor: Actor,
  change: LockedChange,
  wish: NewRollout & { deploymentId: string },
): Promise<Rollout> {
  const [tenantId, rolloutId] = [requireTenant(actor), effectIdOf(context, actor)];
  const { deploymentId, policy, reason, planId, planHash } = wish;
  try {
    await change.sql.run(INSERT, [
      tenantId,
      rolloutId,
      deploymentId,
      wish.phase,
      wish.desired,
      json(policy),
      wish.bundleHash,
      wish.targetSlot,
      planId,
      planHash,
      json(reason),
      context.options.engineVersion,
      actor.subject,
    ]);
  } catch (error) {
    throw violatedUnique(error) === "rollout_one_live" ? rolloutLive(null) : error;
  }
  const { closing } = change.transaction;
  closing.event({ ...wish.event, rolloutId, phase: wish.phase });
  closing.notifyWork({ tenantId, deploymentId, commandId: null });
  const after: Json = { phase: wish.phase, bundleHash: wish.bundleHash, targetSlot: wish.targetSlot, planId, planHash };
  account(change, actor, {
    action: wish.auditAction,
    object: `rollout/${rolloutId}`,
    after,
    reason: null,
    deploymentId,
  });
  const inserted = await readRollout(change.sql, tenantId, rolloutId);
  if (inserted === null) throw new AppError("internal", "The rollout just inserted is not there.");
  return inserted;
}

/** Starts from a saved plan that still holds, or in `queued` without one, to plan first. */
export async function beginRollout(
  context: ControlContext,
  actor: Actor,
  change: LockedChange,
  start: StartRollout,
): Promise<Rollout> {
  const tenantId = requireTenant(actor);
  const { sql, transaction } = change;
  if (actor.effectId !== undefined) {
    const made = await readRollout(sql, tenantId, actor.effectId);
    if (made !== null) return made;
  }
  if (transaction.rollout !== null && isLive(transaction.rollout)) throw rolloutLive(transaction.rollout);
  const view = await readView(sql, context.caches, { tenantId, deploymentId: start.deploymentId });
  if (view === null) throw new AppError("not_found", "There is no such deployment.");
  if (view.tenantStatus === "suspended")
    throw new AppError("rollout_refused", "The tenant is suspended.", {
      details: { reason: "tenant-suspended", phase: null },
    });
  const plan = start.planId === null ? null : await planInForce(context, change, start, view);
  await saveRelease(sql, tenantId, start.bundle, start.bundleHash);
  return insertRollout(context, actor, change, {
    deploymentId: start.deploymentId,
    phase: "queued",
    desired: "continue",
    policy: start.policy,
    bundleHash: start.bundleHash,
    targetSlot: targetSlotOf(view.pointer),
    planId: plan?.id ?? null,
    planHash: plan?.hash ?? null,
    reason: null,
    event: { type: "phase-entered", payload: { from: "", to: "queued", event: "start" } },
    auditAction: "rollout.started",
  });
}

/** The saved plan, when nothing that it read has moved and preflight found no error. */
async function planInForce(
  context: ControlContext,
  change: LockedChange,
  start: StartRollout,
  view: RolloutView,
): Promise<Plan> {
  const plan = await readPlan(change.sql, context.caches, view.deployment.tenantId, start.planId ?? "");
  if (plan === null || plan.deploymentId !== start.deploymentId) {
    throw new AppError("not_found", "There is no such plan for this deployment.", {
      details: { planId: start.planId },
    });
  }
  const { pointer, stateSerial, deployment, attachment } = view;
  const isAttached = deployment.number === null ? null : attachment.attached;
  const moved = movedPaths(plan, {
    ...view,
    generation: pointer.generation,
    stateSerial,
    configVersion: deployment.configVersion,
    isAttached,
  });
  const other =
    plan.bundleHash === start.bundleHash
      ? []
      : [{ path: "bundle.hash", planned: plan.bundleHash, now: start.bundleHash }];
  if (moved.length + other.length > 0) {
    throw new AppError("plan_stale", "What the plan was made for has moved.", {
      details: { moved: [...moved, ...other] as unknown as Json },
    });
  }
  const errors = plan.findings.filter((finding) => finding.severity === "error");
  if (errors.length > 0)
    throw new AppError("plan_blocked", "Preflight found errors.", { details: { findings: errors as unknown as Json } });
  return plan;
}

const rolloutLive = (live: Rollout | null): AppError =>
  new AppError("rollout_live", "This deployment already has a live rollout.", {
    details: { rolloutId: live?.id ?? null, phase: live?.phase ?? null },
  });
