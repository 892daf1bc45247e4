import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { CreateOutboundCall, OutboundCall, OutboundCallPage, PageQuery } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { presentOutboundCall } from "../presentation/outbound-call.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { DOORBELL, STORE } from "../tokens.ts";
import { deploymentIdOf, findDeployment, Reference } from "./deployment-reference.ts";

const Id = z.uuid();

/** Call-backs: asked for here, placed by a worker within consent and calling hours. */
@ApiTags("outbound calls")
@Controller("v1")
export class OutboundCallsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
  ) {}

  /** Calls a lead back, once for each consent: now, or when calling hours begin. */
  @Post("deployments/:reference/outbound-calls")
  @HttpCode(202)
  @Allow("call")
  @ApiAcceptedResponse({ standardSchema: OutboundCall })
  async request(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: CreateOutboundCall }) body: CreateOutboundCall,
  ) {
    const id = await deploymentIdOf(this.store, actor, reference);
    const call = await this.store.requestOutboundCall(actor, id, body);
    await this.doorbell.ringForOutboundCalls();
    return call;
  }

  @Get("deployments/:reference/outbound-calls")
  @Allow("read")
  @ApiOkResponse({ standardSchema: OutboundCallPage })
  async list(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return presentPage(await this.store.outboundCalls(actor, id, pageRequest(query)), presentOutboundCall(actor));
  }

  @Get("outbound-calls/:id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: OutboundCall })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const call = await this.store.outboundCall(actor, id);
    if (call === null) throw new AppError("not_found", `There is no outbound call ${id}`);
    return presentOutboundCall(actor)(call);
  }
}
