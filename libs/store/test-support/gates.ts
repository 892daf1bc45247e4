// What tests of gates share: people with keys, rollouts at their approval gate, windows, and what a worker sees under its lock.
import { randomUUID } from "node:crypto";
import { builtInPolicies, type GatePolicy } from "@tandem/domain/gate";
import type { RolloutPolicy } from "@tandem/domain/rollout";
import { instant } from "@tandem/kernel";
import type { Actor, ActorRole } from "@tandem/ports/store/control";
import type { FreezeWish } from "@tandem/ports/store/gates";
import { auditOf, bundleFor, claim, planFor, policy, type Served, type World } from "./world.ts";

/** An actor whose key is there, so that the approval of its holder counts. */
export async function person(
  world: World,
  { actor }: Served,
  ...roles: ActorRole[]
): Promise<Actor & { tenantId: string }> {
  const keyId = randomUUID().slice(0, 12).replaceAll("-", "x");
  const expiresAt = instant(Date.now() + 3_600_000);
  await world.control.createApiKey(actor, {
    keyId,
    secretHash: randomUUID(),
    name: "k",
    roles,
    tenantId: actor.tenantId,
    expiresAt,
  });
  return { ...actor, subject: `key:${keyId}`, roles };
}

export const gated = (members: Partial<GatePolicy>): GatePolicy => ({
  ...builtInPolicies.production,
  evidence: null,
  ...members,
});
export const start = (world: World, served: Served, actor: Actor, own: Partial<RolloutPolicy>, version?: string) =>
  world.control.startRollout(actor, {
    deploymentId: served.deployment.id,
    ...bundleFor(served, version),
    policy: { ...policy, ...own },
    planId: null,
  });

/** Brings a rollout to its approval gate, with a plan of this hash. */
export async function toGate(world: World, served: Served, hash = "f".repeat(64)): Promise<void> {
  const plan = { ...(await planFor(world, served)), hash };
  const lease = await claim(world, served);
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.savePlan(plan);
    await transaction.patchRollout({ phase: "awaiting-approval", planId: plan.id, planHash: plan.hash });
    await transaction.audit(auditOf(`rollout/${transaction.rollout?.id}`));
  });
  await world.worker.release(lease);
}

/** What a worker sees under its lock. */
export async function underLock(world: World, served: Served) {
  const lease = await claim(world, served);
  const seen = await world.worker.fenced(lease, async (transaction) => ({
    freezes: (await transaction.freezes()).windows,
    approvals: await transaction.approvals(),
    rollout: transaction.rollout,
  }));
  await world.worker.release(lease);
  return seen;
}

export const actionsOf = async (world: World, { actor }: Served): Promise<string[]> =>
  (
    await world.superuser<{ action: string }>("SELECT action FROM audit WHERE tenant_id = $1 ORDER BY seq", [
      actor.tenantId,
    ])
  ).map(({ action }) => action);

/** Of every playbook and environment, from now on for an hour. */
export const window = (members: Partial<FreezeWish> = {}): FreezeWish => ({
  playbook: null,
  environment: null,
  startsAt: null,
  endsAt: instant(Date.now() + 3_600_000),
  reason: "holidays",
  ...members,
});
