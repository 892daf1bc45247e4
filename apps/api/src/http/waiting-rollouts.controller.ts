import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { PageQuery, Reason, WaitingRollout, WaitingRolloutPage } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

/** Rollouts that wait until a deployment's live one has ended. */
@ApiTags("gates")
@Controller("v1")
export class WaitingRolloutsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Those that wait in their order, then what became of the others. */
  @Get("deployments/:reference/waiting-rollouts")
  @Allow("read")
  @ApiOkResponse({ standardSchema: WaitingRolloutPage })
  async list(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return this.store.waitingRollouts(actor, id, pageRequest(query));
  }

  @Post("waiting-rollouts/:id/cancel")
  @HttpCode(200)
  @Allow("rollback")
  @ApiOkResponse({ standardSchema: WaitingRollout })
  cancel(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: z.uuid() }) id: string,
    @Body({ schema: Reason }) body: Reason,
  ) {
    return this.store.cancelWaiting(actor, id, body.reason);
  }
}
