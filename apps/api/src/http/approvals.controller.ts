import { Body, Controller, Get, HttpCode, Inject, Param, Post } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Approvals, PlanDecision, Rollout, StatedReason } from "@tandem/contracts";
import type { Rollout as RolloutNoun } from "@tandem/domain/rollout";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { presentRollout } from "../presentation/rollout.ts";
import { DOORBELL, STORE } from "../tokens.ts";

const Id = z.uuid();

/** What people decide about a rollout's plan, and about the windows it waits for. */
@ApiTags("gates")
@Controller("v1/rollouts/:id")
export class ApprovalsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
  ) {}

  /** One person's approval of the present plan; the gate opens when enough have given theirs. */
  @Post("approve")
  @HttpCode(200)
  @Allow("approve")
  @ApiOkResponse({ standardSchema: Rollout })
  async approve(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: PlanDecision }) { reason, planHash }: PlanDecision,
  ) {
    return this.told(await this.store.requestOfRollout(actor, id, "approve", reason, planHash));
  }

  /** Aborts a rollout that waits for approval. */
  @Post("reject")
  @HttpCode(200)
  @Allow("approve")
  @ApiOkResponse({ standardSchema: Rollout })
  async reject(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: PlanDecision }) { reason, planHash }: PlanDecision,
  ) {
    return this.told(await this.store.requestOfRollout(actor, id, "reject", reason, planHash));
  }

  @Get("approvals")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Approvals })
  async list(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    return { items: await this.store.approvals(actor, id) };
  }

  /** Lets the rollout pass the tenant's freeze windows that are known now. */
  @Post("override-freeze")
  @HttpCode(200)
  @Allow("manage")
  @ApiOkResponse({ standardSchema: Rollout })
  async overrideFreeze(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: StatedReason }) body: StatedReason,
  ) {
    return this.told(await this.store.overrideFreeze(actor, id, body.reason));
  }

  private async told(rollout: RolloutNoun) {
    await this.doorbell.ring(rollout.tenantId, rollout.deploymentId);
    return presentRollout(rollout);
  }
}
