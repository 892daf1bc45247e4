import { Body, Controller, Get, Inject, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { CreateTenant, PageQuery, Tenant, TenantPage } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

@ApiTags("tenants")
@Controller("v1/tenants")
export class TenantsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Post()
  @Allow("platform")
  @ApiCreatedResponse({ standardSchema: Tenant })
  create(@CurrentActor() actor: Actor, @Body({ schema: CreateTenant }) body: CreateTenant) {
    return this.store.createTenant(actor, body);
  }

  @Get()
  @Allow("platform")
  @ApiOkResponse({ standardSchema: TenantPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.listTenants(actor, pageRequest(query));
  }
}
