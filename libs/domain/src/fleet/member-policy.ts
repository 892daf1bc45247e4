import type { GatePolicy } from "../gate/index.ts";
import { type AskedPolicy, laxMembers, mergedPolicy, type RolloutPolicy } from "../rollout/index.ts";

/** What a fleet rollout asks of its members' rollouts. */
export type FleetPolicy = Pick<AskedPolicy, "approval" | "promotion" | "bakeMs" | "strategy">;

/**
 * The policy of a member's rollout: its tenant's own, and of what the fleet asks only what the tenant's policy lets through. A fleet
 * never passes a gate of a tenant.
 */
export function memberPolicy(own: GatePolicy, asked: FleetPolicy): RolloutPolicy {
  const kept = Object.entries(asked).filter(([member, value]) => {
    if (value === undefined) return false;
    return laxMembers(own, mergedPolicy(own, { [member]: value })).length === 0;
  });
  return mergedPolicy(own, Object.fromEntries(kept));
}
