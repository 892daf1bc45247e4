import { Inject, Injectable } from "@nestjs/common";
import type { StartRollout } from "@tandem/contracts";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Rollout, RolloutPolicy } from "@tandem/domain/rollout";
import type { Environment } from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import type {
  Actor,
  ControlStore,
  DeploymentDetail,
  StartRollout as StartOfRollout,
} from "@tandem/ports/store/control";
import { findDeployment } from "../http/deployment-reference.ts";
import { STORE } from "../tokens.ts";
import { ReleaseCompiler } from "./release-compiler.ts";

const HOUR_MS = 3_600_000;

/** How a rollout moves when the request does not say. */
const defaults: Readonly<Record<Environment, RolloutPolicy>> = {
  production: { approval: "none", promotion: "automatic", bakeMs: HOUR_MS, approvalTtlMs: 24 * HOUR_MS },
  staging: { approval: "none", promotion: "automatic", bakeMs: 10 * 60_000, approvalTtlMs: 24 * HOUR_MS },
  development: { approval: "none", promotion: "automatic", bakeMs: 30_000, approvalTtlMs: 24 * HOUR_MS },
};

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

  async start(actor: Actor, body: StartRollout): Promise<Rollout> {
    if ("planId" in body) return this.fromPlan(actor, body.planId, body.policy);
    const deployment = await findDeployment(this.store, actor, body.deploymentId);
    const release = await this.compiler.compile(actor, deployment, body.manifestVersion);
    return this.store.startRollout(actor, {
      deploymentId: deployment.id,
      bundle: release.bundle,
      bundleHash: release.hash,
      policy: policyOf(deployment, body.policy),
      planId: null,
    });
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
      policy: policyOf(deployment, policy),
      planId: null,
      reverts,
    });
  }

  private async fromPlan(actor: Actor, planId: string, policy: StartRollout["policy"]): Promise<Rollout> {
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
    return this.store.startRollout(actor, {
      deploymentId: deployment.id,
      bundle,
      bundleHash: state.plan.bundleHash,
      policy: policyOf(deployment, policy),
      planId,
    });
  }
}

function policyOf(deployment: DeploymentDetail, asked: StartRollout["policy"]): RolloutPolicy {
  const base = defaults[deployment.environment];
  return {
    approval: asked.approval ?? base.approval,
    promotion: asked.promotion ?? base.promotion,
    bakeMs: asked.bakeMs ?? base.bakeMs,
    approvalTtlMs: base.approvalTtlMs,
  };
}
