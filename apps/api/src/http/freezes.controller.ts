import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { CreateFreeze, ExemptFromFreeze, Freeze, FreezePage, PageQuery, Reason } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

/** Times in which no new release comes to callers: a tenant's own, and with a platform key the platform's. */
@ApiTags("gates")
@Controller("v1/freezes")
export class FreezesController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Binds every caller as soon as it is answered, rollouts in progress too; rollback, abort and divert never. */
  @Post()
  @Allow("gates")
  @ApiCreatedResponse({ standardSchema: Freeze })
  create(@CurrentActor() actor: Actor, @Body({ schema: CreateFreeze }) body: CreateFreeze) {
    return this.store.createFreeze(actor, body);
  }

  @Get()
  @Allow("readGates")
  @ApiOkResponse({ standardSchema: FreezePage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.listFreezes(actor, pageRequest(query));
  }

  /** Ends a window before its time; rollouts that wait for it go on. */
  @Post(":id/end")
  @HttpCode(200)
  @Allow("gates")
  @ApiOkResponse({ standardSchema: Freeze })
  end(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string, @Body({ schema: Reason }) body: Reason) {
    return this.store.endFreeze(actor, id, body.reason);
  }

  /** Lets one tenant through a window of the platform's. */
  @Post(":id/exemptions")
  @HttpCode(204)
  @Allow("platform")
  @ApiNoContentResponse()
  async exempt(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ExemptFromFreeze }) body: ExemptFromFreeze,
  ): Promise<void> {
    await this.store.exemptFromFreeze(actor, id, body.tenantId, body.reason);
  }
}
