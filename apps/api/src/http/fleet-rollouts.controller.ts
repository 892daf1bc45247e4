import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import {
  AbortFleet,
  FleetMemberPage,
  FleetMemberQuery,
  FleetPlan,
  FleetRolloutDetail,
  FleetRolloutPage,
  PageQuery,
  PlanFleet,
  Reason,
  SkipMembers,
  SkippedMembers,
  StartFleet,
} from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { fleetWish, presentFleetPlan } from "../planning/fleet-wish.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

/** Many deployments of many tenants to one version, in waves; for the platform. A worker moves them on. */
@ApiTags("fleet rollouts")
@Controller("v1/fleet-rollouts")
export class FleetRolloutsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Which deployment would move in which wave, and why some would not. Changes nothing. */
  @Post("preview")
  @HttpCode(200)
  @Allow("platform")
  @ApiOkResponse({ standardSchema: FleetPlan })
  async plan(@CurrentActor() actor: Actor, @Body({ schema: PlanFleet }) body: PlanFleet) {
    return presentFleetPlan(await this.store.planFleet(actor, await fleetWish(this.store, actor, body)));
  }

  @Post()
  @Allow("platform")
  @NeedsConfirmation("always")
  @ApiCreatedResponse({ standardSchema: FleetRolloutDetail })
  async start(@CurrentActor() actor: Actor, @Body({ schema: StartFleet }) body: StartFleet) {
    const { planHash = null, ...wish } = body;
    return this.store.startFleet(actor, await fleetWish(this.store, actor, wish), planHash);
  }

  @Get()
  @Allow("platform")
  @ApiOkResponse({ standardSchema: FleetRolloutPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.listFleets(actor, pageRequest(query));
  }

  @Get(":id")
  @Allow("platform")
  @ApiOkResponse({ standardSchema: FleetRolloutDetail })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const found = await this.store.fleet(actor, id);
    if (found === null) throw new AppError("not_found", `There is no fleet rollout ${id}`);
    return found;
  }

  @Get(":id/members")
  @Allow("platform")
  @ApiOkResponse({ standardSchema: FleetMemberPage })
  members(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Query({ schema: FleetMemberQuery }) query: FleetMemberQuery,
  ) {
    return this.store.fleetMembers(actor, id, { state: query.state ?? null }, pageRequest(query));
  }

  /** Begins nothing more; rollouts in progress go on. */
  @Post(":id/pause")
  @HttpCode(200)
  @Allow("platform")
  @ApiOkResponse({ standardSchema: FleetRolloutDetail })
  pause(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string, @Body({ schema: Reason }) body: Reason) {
    return this.store.requestOfFleet(actor, id, { kind: "pause" }, body.reason);
  }

  /** Goes on where it was; after a stop at the budget the failures so far are accepted. */
  @Post(":id/resume")
  @HttpCode(200)
  @Allow("platform")
  @NeedsConfirmation("always")
  @ApiOkResponse({ standardSchema: FleetRolloutDetail })
  resume(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: Reason }) body: Reason,
  ) {
    return this.store.requestOfFleet(actor, id, { kind: "resume" }, body.reason);
  }

  /** Skips every member that has not begun, for good. */
  @Post(":id/abort")
  @HttpCode(200)
  @Allow("platform")
  @ApiOkResponse({ standardSchema: FleetRolloutDetail })
  abort(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: AbortFleet }) body: AbortFleet,
  ) {
    const ask = { kind: "abort", abortsRunning: body.running === "abort" } as const;
    return this.store.requestOfFleet(actor, id, ask, body.reason);
  }

  /** Leaves a tenant, or one deployment of it, out. */
  @Post(":id/skip")
  @HttpCode(200)
  @Allow("platform")
  @ApiOkResponse({ standardSchema: SkippedMembers })
  async skip(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: SkipMembers }) { reason, ...which }: SkipMembers,
  ) {
    return { skipped: await this.store.skipMembers(actor, id, which, reason) };
  }
}
