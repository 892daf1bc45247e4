import { decideDetach, decideRequest, type Rollout } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore, RolloutRequest } from "@tandem/ports/store/control";
import { readView } from "../rollouts/view.ts";
import { changeDeployment, type ControlContext, inActorsTenant, requireTenant, UUID } from "./context.ts";
import { account, readRollout, refusedBy, writeRolloutChange } from "./decision.ts";
import { beginRollout, insertRollout } from "./rollout-start.ts";

/** A detach gates nothing and watches nothing. */
const DETACH_POLICY = { approval: "none", promotion: "automatic", bakeMs: 0, approvalTtlMs: 0 } as const;

export function rolloutMethods(
  context: ControlContext,
): Pick<ControlStore, "startRollout" | "requestOfRollout" | "requestDetach" | "view"> {
  return {
    view: async (actor, deploymentId) =>
      inActorsTenant(context, actor, (sql) =>
        readView(sql, context.caches, { tenantId: requireTenant(actor), deploymentId }),
      ),
    startRollout: async (actor, start) =>
      changeDeployment(context, actor, start.deploymentId, (change) => beginRollout(context, actor, change, start)),
    requestOfRollout: async (actor, rolloutId, request, reason) =>
      requestOfRollout(context, actor, { rolloutId, request, reason }),
    requestDetach: async (actor, deploymentId) => requestDetach(context, actor, deploymentId),
  };
}

interface Asked {
  readonly rolloutId: string;
  readonly request: RolloutRequest;
  readonly reason: string | null;
}

async function requestOfRollout(
  context: ControlContext,
  actor: Actor,
  { rolloutId, request, reason }: Asked,
): Promise<Rollout> {
  const tenantId = requireTenant(actor);
  const known = UUID.test(rolloutId)
    ? await inActorsTenant(context, actor, (sql) => readRollout(sql, tenantId, rolloutId))
    : null;
  if (known === null) throw new AppError("not_found", "There is no such rollout.", { details: { rolloutId } });
  return changeDeployment(context, actor, known.deploymentId, async (change) => {
    const { transaction, sql } = change;
    const rollout =
      transaction.rollout?.id === rolloutId
        ? transaction.rollout
        : ((await readRollout(sql, tenantId, rolloutId)) ?? known);
    const asker = { subject: actor.subject, pointer: transaction.pointer, ...(reason !== null && { detail: reason }) };
    const decision = decideRequest(rollout, request, asker);
    if (decision.kind === "refused") throw refusedBy(decision, rollout.phase);
    await writeRolloutChange(change, decision);
    transaction.closing.notifyWork({ tenantId, deploymentId: known.deploymentId, commandId: null });
    const [before, after] = [{ phase: rollout.phase, desired: rollout.desired }, { ...decision.rollout }];
    account(change, actor, {
      action: decision.auditAction,
      object: `rollout/${rolloutId}`,
      before,
      after,
      reason,
      deploymentId: known.deploymentId,
    });
    return (await readRollout(sql, tenantId, rolloutId)) ?? rollout;
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
