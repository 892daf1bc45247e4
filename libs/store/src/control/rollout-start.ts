import { type Desired, isLive, laxMembers, type Phase, type Rollout, type RolloutPolicy } from "@tandem/domain/rollout";
import { type MovedPath, movedPaths, type Plan, targetSlotOf } from "@tandem/domain/plan";
import type { Slot } from "@tandem/domain/slot";
import { AppError, type Json, type JsonObject } from "@tandem/kernel";
import type { Actor, StartRollout } from "@tandem/ports/store/control";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { violatedUnique } from "../database/database-error.ts";
import { json, type Sql } from "../database/sql.ts";
import { overrideOf, requireOverrider, requireThawed } from "../gates/freezes.ts";
import { readGatePolicy } from "../gates/gate-policy-row.ts";
import { waitingCount } from "../gates/waiting-row.ts";
import { saveRelease } from "../journal/release-writes.ts";
import { readPlan, readView } from "../rollouts/view.ts";
import { type ControlContext, effectIdOf, type LockedChange, requireTenant } from "./context.ts";
import { account, readRollout } from "./decision.ts";

/** What starting needs of the store's context: the API has it, and the worker. */
export type StartContext = Pick<ControlContext, "caches" | "options">;

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
  /** Who asked for it; the actor when absent. */
  readonly createdBy?: string;
  readonly event: { readonly type: string; readonly payload: JsonObject };
  readonly auditAction: string;
  /** Why, as the actor said it; null or absent when nothing was said. */
  readonly why?: string | null;
}

const INSERT = `
  INSERT INTO rollout (tenant_id, id, deployment_id, phase, desired, policy, bundle_hash, target_slot, plan_id, plan_hash, reason, memory, engine_version, created_by)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11::jsonb, '{}', $12, $13)`;

/** Inserts the row with its first event, message, notices and audit row. Throws `rollout_live` when another one got in first. */
export async function insertRollout(
  context: StartContext,
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
      wish.createdBy ?? actor.subject,
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
    reason: wish.why ?? null,
    deploymentId,
  });
  const inserted = await readRollout(change.sql, tenantId, rolloutId);
  if (inserted === null) throw new AppError("internal", "The rollout just inserted is not there.");
  return inserted;
}

/** What a request made under its effect id before, or null. */
export const madeBefore = async ({ sql }: LockedChange, { tenantId, effectId }: Actor): Promise<Rollout | null> =>
  tenantId === null || effectId === undefined ? null : readRollout(sql, tenantId, effectId);

/** Starts from a saved plan that still holds, or in `queued` without one, to plan first. */
export async function beginRollout(
  context: StartContext,
  actor: Actor,
  change: LockedChange,
  start: StartRollout,
): Promise<Rollout> {
  const made = await madeBefore(change, actor);
  if (made !== null) return made;
  const { rollout } = change.transaction;
  if (rollout !== null && isLive(rollout)) throw rolloutLive(rollout);
  const others = await waitingCount(change.sql, requireTenant(actor), start.deploymentId);
  if (others > 0) throw othersWait(others);
  return beginNow(context, actor, change, start);
}

/** Like `beginRollout`, for what nothing is ahead of. `createdBy`: who asked for it; the actor when absent. */
export async function beginNow(
  context: StartContext,
  actor: Actor,
  change: LockedChange,
  start: StartRollout & { readonly createdBy?: string },
): Promise<Rollout> {
  const tenantId = requireTenant(actor);
  const { sql } = change;
  const view = await readView(sql, context.caches, { tenantId, deploymentId: start.deploymentId });
  if (view === null) throw new AppError("not_found", "There is no such deployment.");
  if (view.tenantStatus === "suspended")
    throw new AppError("rollout_refused", "The tenant is suspended.", {
      details: { reason: "tenant-suspended", phase: null },
    });
  await requireFloor(sql, view, start.policy);
  const policy = await thawedPolicy(change, actor, start.policy);
  const plan = start.planId === null ? null : await planInForce(context, change, start, view);
  await saveRelease(sql, tenantId, start.bundle, start.bundleHash);
  return insertRollout(context, actor, change, {
    deploymentId: start.deploymentId,
    phase: "queued",
    desired: "continue",
    policy,
    bundleHash: start.bundleHash,
    targetSlot: targetSlotOf(view.pointer),
    planId: plan?.id ?? null,
    planHash: plan?.hash ?? null,
    reason: null,
    ...(start.createdBy !== undefined && { createdBy: start.createdBy }),
    ...beginning(start),
  });
}

/** How the beginning is told in the timeline and the audit log: a revert by its name. */
function beginning({ reverts }: StartRollout): Pick<NewRollout, "event" | "auditAction" | "why"> {
  const entered = { from: "", to: "queued" };
  if (reverts === undefined)
    return {
      event: { type: "phase-entered", payload: { ...entered, event: "start" } },
      auditAction: "rollout.started",
    };
  const { rolloutId, version, reason } = reverts;
  const detail = `back to ${version}${reason === null ? "" : `: ${reason}`}`;
  return {
    event: { type: "phase-entered", payload: { ...entered, event: "revert", reverts: rolloutId, detail } },
    auditAction: "rollout.reverted-to",
    why: detail,
  };
}

/** Throws `policy_refused`, naming each member in which the rollout would be laxer than its environment's gate policy. */
export async function requireFloor(
  sql: Sql,
  { deployment }: Pick<RolloutView, "deployment">,
  policy: RolloutPolicy,
): Promise<void> {
  const floor = await readGatePolicy(sql, deployment.tenantId, deployment.environment);
  const members = laxMembers(floor.policy, policy);
  if (members.length === 0) return;
  const what = members.map(({ member, policy: wanted, asked }) => `${member} ${asked} instead of ${wanted}`).join(", ");
  throw new AppError("policy_refused", `The policy of ${deployment.environment} wants more care: ${what}`, {
    details: { environment: deployment.environment, members: members as unknown as Json },
  });
}

/** The policy with its override bound to the windows that are known now. Throws `frozen`, `forbidden`. */
async function thawedPolicy(
  { transaction }: LockedChange,
  actor: Actor,
  policy: RolloutPolicy,
): Promise<RolloutPolicy> {
  const look = await transaction.freezes();
  const asked = policy.freezeOverride;
  if (asked !== undefined) requireOverrider(actor);
  const freezeOverride = asked === undefined ? undefined : overrideOf(look, asked.by, asked.reason);
  requireThawed(look, freezeOverride);
  return freezeOverride === undefined ? policy : { ...policy, freezeOverride };
}

/** The saved plan, when nothing that it read has moved and preflight found no error. */
async function planInForce(
  context: StartContext,
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
  const moved = movedSince(plan, view);
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

/** What of our own state has moved since a plan was made. */
export function movedSince(plan: Plan, view: RolloutView): readonly MovedPath[] {
  const { pointer, stateSerial, deployment, attachment } = view;
  const isAttached = deployment.number === null ? null : attachment.attached;
  return movedPaths(plan, {
    ...view,
    generation: pointer.generation,
    stateSerial,
    configVersion: deployment.configVersion,
    isAttached,
  });
}

const othersWait = (waiting: number): AppError =>
  new AppError(
    "rollout_live",
    `${waiting === 1 ? "A rollout waits" : `${waiting} rollouts wait`} for this deployment: queue behind, or cancel what waits.`,
    { details: { rolloutId: null, phase: null, waiting } },
  );

const rolloutLive = (live: Rollout | null): AppError =>
  new AppError("rollout_live", "This deployment already has a live rollout.", {
    details: { rolloutId: live?.id ?? null, phase: live?.phase ?? null },
  });
