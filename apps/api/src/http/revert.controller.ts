import { Body, Controller, Inject, Param, Post } from "@nestjs/common";
import { ApiCreatedResponse, ApiTags } from "@nestjs/swagger";
import { RevertDeployment, Rollout } from "@tandem/contracts";
import { decideRevert } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { RolloutStarter } from "../planning/rollout-starter.ts";
import { presentRollout } from "../presentation/rollout.ts";
import { DOORBELL, STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

/** The way back when a rollback is not possible any more: a new rollout of an older release, through every gate. */
@ApiTags("rollouts")
@Controller("v1/deployments/:reference/revert")
export class RevertController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
    private readonly starter: RolloutStarter,
  ) {}

  /** Brings an older release back, configuration and content together, as it was kept. */
  @Post()
  @Allow("apply")
  @NeedsConfirmation("production")
  @ApiCreatedResponse({ standardSchema: Rollout })
  async revert(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: RevertDeployment }) body: RevertDeployment,
  ) {
    const deployment = await findDeployment(this.store, actor, reference);
    const lived = await this.store.livedReleases(actor, deployment.id);
    const view = { ...deployment, canRollBack: deployment.wayBack.possible, lived };
    const decision = decideRevert(view, body.to ?? null);
    if (decision.kind === "refused")
      throw new AppError(decision.error, decision.text, { details: { reason: decision.reason } });
    const { bundleHash: hash, rolloutId, version } = decision.release;
    const bundle = await this.store.release(actor, hash);
    if (bundle === null)
      throw new AppError("not_found", `Release ${version} is no longer kept: roll out its version anew`);
    const reverts = { rolloutId, version, reason: body.reason };
    const rollout = await this.starter.startRelease(actor, deployment, { bundle, hash, policy: body.policy, reverts });
    await this.doorbell.ring(rollout.tenantId, rollout.deploymentId);
    return presentRollout(rollout);
  }
}
