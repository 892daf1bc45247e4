import type { RolloutRequest, RolloutStanding } from "@tandem/contracts";
import type { Approval } from "@tandem/domain/gate";
import type { ReleaseBundle } from "@tandem/domain/release";
import {
  decideRequest,
  decideRollback,
  isLive,
  isSwitched,
  type Rollout,
  type RolloutAsk,
} from "@tandem/domain/rollout";
import { instant, isJsonObject, type Json } from "@tandem/kernel";
import type { Actor, DeploymentDetail } from "@tandem/ports/store/control";
import { permissions, type Permission } from "../auth/permission.ts";
import { zoneOf } from "./zone.ts";

/** What a standing is told from, read at one moment. */
export interface StandingFacts {
  readonly actor: Pick<Actor, "subject" | "roles">;
  readonly rollout: Rollout;
  readonly deployment: DeploymentDetail;
  readonly approvals: readonly Approval[];
  readonly release: ReleaseBundle | null;
  readonly before: { readonly hash: string; readonly release: ReleaseBundle | null } | null;
}

export function rolloutStanding(facts: StandingFacts): RolloutStanding {
  const { rollout, deployment, before } = facts;
  const { active, candidate, weightBp, generation } = deployment.pointer;
  return {
    rolloutId: rollout.id,
    phase: rollout.phase,
    deployment: {
      id: deployment.id,
      name: deployment.name,
      environment: deployment.environment,
      playbook: deployment.playbook,
      timeZone: zoneOf(deployment.overlay, facts.release),
    },
    release: nameOf(rollout.bundleHash, facts.release),
    before: before === null ? null : nameOf(before.hash, before.release),
    pointer: { active, candidate, weightBp, generation },
    isSwitched: isSwitched(rollout, deployment.pointer),
    callsOnTarget: deployment.slots[rollout.targetSlot].liveCalls,
    watch: watchOf(rollout),
    requests: requests.map((request) => ({ request, refusal: refusalOf(request, facts) })),
  };
}

const nameOf = (hash: string, release: ReleaseBundle | null): RolloutStanding["release"] => ({
  hash,
  version: release === null ? null : `${release.playbook.name}@${release.playbook.version}`,
});

const needs: Readonly<Record<RolloutRequest, Permission>> = {
  approve: "approve",
  reject: "approve",
  promote: "promote",
  pause: "rollback",
  resume: "apply",
  skip: "apply",
  abort: "rollback",
  rollback: "rollback",
  "override-freeze": "manage",
};
const requests = Object.keys(needs) as readonly RolloutRequest[];

/** Why a request would be refused; null when it would be done. What has ended is said before what the asker lacks. */
function refusalOf(request: RolloutRequest, facts: StandingFacts): string | null {
  const refused = request === "rollback" ? rollbackRefusal(facts) : gateRefusal(request, facts);
  return refused ?? roleRefusal(request, facts.actor.roles);
}

function roleRefusal(request: RolloutRequest, roles: readonly string[]): string | null {
  const allowed: readonly string[] = permissions[needs[request]];
  return roles.some((role) => allowed.includes(role))
    ? null
    : `Your roles here (${roles.join(", ")}) do not allow this: it takes ${allowed.join(" or ")}.`;
}

function gateRefusal(request: Exclude<RolloutRequest, "rollback">, facts: StandingFacts): string | null {
  const { rollout } = facts;
  if (request === "override-freeze") {
    if (!isLive(rollout)) return "The rollout has ended.";
    return rollout.reason?.code === "freeze-window" ? null : "No freeze window keeps it waiting.";
  }
  if (request === "approve" && rollout.phase !== "awaiting-approval")
    return "The rollout is not waiting for an approval.";
  return askRefusal(request, facts);
}

function askRefusal(request: RolloutAsk, { rollout, deployment, actor, approvals }: StandingFacts): string | null {
  const decision = decideRequest(rollout, request, {
    subject: actor.subject,
    roles: actor.roles,
    pointer: deployment.pointer,
    ...(request === "approve" && { approvals }),
  });
  return decision.kind === "refused" ? decision.text : null;
}

/** A rollback is the deployment's: this rollout offers it while callers may be on its release. Before the switch it would be an abort. */
function rollbackRefusal({ rollout, deployment }: StandingFacts): string | null {
  const { pointer, slots, liveRollout } = deployment;
  const live = isLive(rollout) ? rollout : null;
  if (live !== null && !isSwitched(live, pointer)) return "Callers are not on the new release: abort instead.";
  if (live === null && liveRollout !== null) return "Another rollout of this deployment is in progress.";
  const isStillActive =
    pointer.active === rollout.targetSlot && slots[rollout.targetSlot].bundleHash === rollout.bundleHash;
  if (live === null && !isStillActive) return "Callers are not on this release any more.";
  const decision = decideRollback({ pointer, slots, rollout: live });
  return decision.kind === "refused" ? decision.text : null;
}

const member = (value: Json | undefined, name: string): Json | undefined =>
  isJsonObject(value) ? value[name] : undefined;
const momentIn = (value: Json | undefined): string | null => (typeof value === "number" ? instant(value) : null);
const countIn = (value: Json | undefined): number => (typeof value === "number" ? value : 0);

/** What the engine notes of the watch that is under way. */
function watchOf({ phase, heldPhase, memory, policy }: Rollout): RolloutStanding["watch"] {
  const at = phase === "held" ? heldPhase : phase;
  const { shift } = memory;
  const shiftedAt = momentIn(member(shift, "sinceMs"));
  if (at === "shifting" && shiftedAt !== null)
    return {
      kind: "canary",
      step: countIn(member(shift, "step")),
      startedAt: shiftedAt,
      endsAt: momentIn(member(shift, "endsMs")),
      checkedAt: momentIn(member(shift, "checkedMs")),
      failedChecks: countIn(member(shift, "failures")),
    };
  const { bakeStartedMs } = memory;
  if (at !== "baking" || typeof bakeStartedMs !== "number") return null;
  return {
    kind: "bake",
    step: null,
    startedAt: instant(bakeStartedMs),
    endsAt: instant(bakeStartedMs + policy.bakeMs),
    checkedAt: momentIn(memory["bakeCheckedMs"]),
    failedChecks: countIn(memory["bakeFailures"]),
  };
}
