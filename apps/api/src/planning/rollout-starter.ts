import { Inject, Injectable } from "@nestjs/common";
import type { StartRollout } from "@tandem/contracts";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { WhenLive } from "@tandem/domain/gate";
import { mergedPolicy, type Rollout, type RolloutPolicy } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type {
  Actor,
  ControlStore,
  DeploymentDetail,
  StartRollout as StartOfRollout,
} from "@tandem/ports/store/control";
import type { GatePolicyState, WaitingRollout } from "@tandem/ports/store/gates";
import { findDeployment } from "../http/deployment-reference.ts";
import { STORE } from "../tokens.ts";
import { ReleaseCompiler } from "./release-compiler.ts";

/** What a start came to: a rollout, or a place behind the live one. */
export type Started =
  | { readonly kind: "started"; readonly rollout: Rollout }
  | { readonly kind: "waiting"; readonly waiting: WaitingRollout };

/** A release that the store keeps, to be rolled out again. */
export interface KeptRelease {
  readonly bundle: ReleaseBundle;
  readonly hash: string;
  readonly policy: StartRollout["policy"];
  readonly reverts: NonNullable<StartOfRollout["reverts"]>;
}

/** Begins rollouts: resolves what is to go live and hands it to the store, which decides. */
@Injectable()
export class RolloutStarter {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    private readonly compiler: ReleaseCompiler,
  ) {}

  async start(actor: Actor, body: StartRollout): Promise<Started> {
    const { deployment, bundle, hash: bundleHash } = await this.releaseOf(actor, body);
    const floor = await this.store.gatePolicy(actor, deployment.environment);
    const wish: StartOfRollout = {
      deploymentId: deployment.id,
      bundle,
      bundleHash,
      policy: policyOf(actor, floor, body.policy),
      planId: "planId" in body ? body.planId : null,
    };
    if (whenLiveOf(floor, body.whenLive) === "queue") return this.store.queueRollout(actor, wish);
    return { kind: "started", rollout: await this.store.startRollout(actor, wish) };
  }

  private async releaseOf(actor: Actor, body: StartRollout) {
    if ("planId" in body) return this.fromPlan(actor, body.planId);
    const deployment = await findDeployment(this.store, actor, body.deploymentId);
    return { deployment, ...(await this.compiler.compile(actor, deployment, body.manifestVersion)) };
  }

  /** A kept release, planned first: what a revert brings back. */
  async startRelease(
    actor: Actor,
    deployment: DeploymentDetail,
    { bundle, hash, policy, reverts }: KeptRelease,
  ): Promise<Rollout> {
    return this.store.startRollout(actor, {
      deploymentId: deployment.id,
      bundle,
      bundleHash: hash,
      policy: policyOf(actor, await this.store.gatePolicy(actor, deployment.environment), policy),
      planId: null,
      reverts,
    });
  }

  private async fromPlan(actor: Actor, planId: string) {
    const state = await this.store.plan(actor, planId);
    if (state === null) throw new AppError("not_found", `There is no plan ${planId}`);
    if (state.state === "pending") throw new AppError("conflict", "The plan is still being made", { retryable: true });
    if (state.state === "failed")
      throw new AppError("plan_blocked", `The plan could not be made: ${state.detail}`, {
        details: { code: state.code },
      });
    const deployment = await findDeployment(this.store, actor, state.plan.deploymentId);
    const bundle = await this.store.release(actor, state.plan.bundleHash);
    if (bundle === null) throw new AppError("not_found", "The bundle of this plan is no longer kept: plan again");
    return { deployment, bundle, hash: state.plan.bundleHash };
  }
}

/** What the request says over what the gate policy says; the store refuses what is laxer than that allows. */
function policyOf(actor: Actor, { policy: floor }: GatePolicyState, asked: StartRollout["policy"]): RolloutPolicy {
  const { freezeOverride, ...wanted } = asked;
  const merged = mergedPolicy(floor, wanted);
  return freezeOverride === undefined
    ? merged
    : { ...merged, freezeOverride: { by: actor.subject, reason: freezeOverride.reason } };
}

/** Throws `policy_refused` for a rollout that would wait where the policy has it refused. */
function whenLiveOf({ policy, environment }: GatePolicyState, asked: WhenLive | undefined): WhenLive {
  if (asked === "queue" && policy.whenLive === "refuse" && !policy.mayLoosen)
    throw new AppError("policy_refused", `The policy of ${environment} has a second rollout refused, not queued`, {
      details: { environment, members: [{ member: "whenLive", policy: policy.whenLive, asked }] },
    });
  return asked ?? policy.whenLive;
}
