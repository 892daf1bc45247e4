import { Body, Controller, Get, HttpCode, Inject, Param, Post } from "@nestjs/common";
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { OffBoarding, OffBoardingPlan, StartOffBoarding, Tenant, TenantChange } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { presentOffBoarding, presentOffBoardingPlan } from "../presentation/off-boarding.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

/** Suspension and off-boarding: the platform's for every tenant, and a tenant's administrator's for its own way out. */
@ApiTags("tenants")
@Controller("v1/tenants/:id")
export class TenantLifeController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get()
  @Allow("life")
  @ApiOkResponse({ standardSchema: Tenant })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const tenant = await this.store.tenant(actor, id);
    if (tenant === null) throw new AppError("not_found", `There is no tenant ${id}`);
    return tenant;
  }

  @Post("suspend")
  @HttpCode(200)
  @Allow("platform")
  @ApiOkResponse({ standardSchema: Tenant })
  suspend(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: TenantChange }) { reason }: TenantChange,
  ) {
    return this.store.setTenantStatus(actor, id, "suspended", reason);
  }

  @Post("reactivate")
  @HttpCode(200)
  @Allow("platform")
  @ApiOkResponse({ standardSchema: Tenant })
  reactivate(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: TenantChange }) { reason }: TenantChange,
  ) {
    return this.store.setTenantStatus(actor, id, "active", reason);
  }

  @Get("off-boarding/plan")
  @Allow("life")
  @ApiOkResponse({ standardSchema: OffBoardingPlan })
  async plan(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    return presentOffBoardingPlan(await this.store.offBoardingOutlook(actor, id));
  }

  @Get("off-boarding")
  @Allow("life")
  @ApiOkResponse({ standardSchema: OffBoarding })
  async offBoarding(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const found = await this.store.offBoarding(actor, id);
    if (found === null) throw new AppError("not_found", "The tenant has never been taken off the platform");
    return presentOffBoarding(found);
  }

  @Post("off-boarding")
  @HttpCode(202)
  @Allow("life")
  @ApiAcceptedResponse({ standardSchema: OffBoarding })
  async start(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: StartOffBoarding }) body: StartOffBoarding,
  ) {
    return presentOffBoarding(await this.store.startOffBoarding(actor, id, body));
  }

  @Post("off-boarding/stop")
  @HttpCode(200)
  @Allow("life")
  @ApiOkResponse({ standardSchema: OffBoarding })
  async stop(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: TenantChange }) { reason }: TenantChange,
  ) {
    return presentOffBoarding(await this.store.stopOffBoarding(actor, id, reason));
  }
}
