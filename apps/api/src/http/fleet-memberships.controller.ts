import { Body, Controller, Get, Inject, Param, Put, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { EarlyAccess, FleetMemberPage, PageQuery, PutEarlyAccess, TenantTags } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

/** A tenant's own part in fleet rollouts, and who moves first. */
@ApiTags("fleet rollouts")
@Controller("v1")
export class FleetMembershipsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** The tenant's own deployments in fleet rollouts, newest first. */
  @Get("fleet-memberships")
  @Allow("read")
  @ApiOkResponse({ standardSchema: FleetMemberPage })
  memberships(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.memberships(actor, pageRequest(query));
  }

  @Get("early-access")
  @Allow("read")
  @ApiOkResponse({ standardSchema: EarlyAccess })
  async own(@CurrentActor() actor: Actor) {
    return { items: await this.store.cohort(actor, actor.tenantId ?? "") };
  }

  /** The tenant, or one of its deployments, joins the early-access cohort or leaves it. */
  @Put("early-access")
  @Allow("manage")
  @ApiOkResponse({ standardSchema: EarlyAccess })
  putOwn(@CurrentActor() actor: Actor, @Body({ schema: PutEarlyAccess }) body: PutEarlyAccess) {
    return this.put(actor, actor.tenantId ?? "", body);
  }

  @Get("tenants/:id/early-access")
  @Allow("platform")
  @ApiOkResponse({ standardSchema: EarlyAccess })
  async ofTenant(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    return { items: await this.store.cohort(actor, id) };
  }

  @Put("tenants/:id/early-access")
  @Allow("platform")
  @ApiOkResponse({ standardSchema: EarlyAccess })
  putOfTenant(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: PutEarlyAccess }) body: PutEarlyAccess,
  ) {
    return this.put(actor, id, body);
  }

  /** Replaces what the platform calls a tenant, to choose it for a fleet rollout. */
  @Put("tenants/:id/tags")
  @Allow("platform")
  @ApiOkResponse({ standardSchema: TenantTags })
  async tag(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: TenantTags }) body: TenantTags,
  ) {
    return { tags: await this.store.tagTenant(actor, id, body.tags) };
  }

  private async put(actor: Actor, tenantId: string, body: PutEarlyAccess) {
    await this.store.setCohort(actor, { tenantId, ...body });
    return { items: await this.store.cohort(actor, tenantId) };
  }
}
