import type { PlanFleet } from "@tandem/contracts";
import { leftOutReasons } from "@tandem/domain/fleet";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { FleetPlan, FleetWish } from "@tandem/ports/store/fleet";

/** A request as the store takes it. Throws `not_found` for a version that the library does not have. */
export async function fleetWish(store: ControlStore, actor: Actor, body: PlanFleet): Promise<FleetWish> {
  const reference = `${body.playbook}@${body.version}`;
  const manifest = await store.manifest(actor, reference);
  if (manifest === null) throw new AppError("not_found", `The library has no ${reference}: publish it first`);
  const { playbook, environments = null, tenantIds = null, tenantTags = null, deploymentIds = null } = body;
  const { rings, limits, patience, policy, includesNeverLive } = body;
  return {
    selection: { playbook, environments, tenantIds, tenantTags, deploymentIds },
    version: manifest.version,
    manifestHash: manifest.hash,
    rings,
    limits,
    patience,
    policy,
    includesNeverLive,
  };
}

/** A plan with the reasons in words. */
export const presentFleetPlan = (plan: FleetPlan) => ({
  ...plan,
  leftOut: plan.leftOut.map((one) => ({ ...one, text: leftOutReasons[one.reason] })),
});
