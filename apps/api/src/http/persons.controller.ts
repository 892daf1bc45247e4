import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { BreakGlass, ChangePerson, Member, PageQuery, Person, PersonPage } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

/** Everybody who has ever signed in, for the platform. */
@ApiTags("persons")
@Controller("v1")
export class PersonsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get("persons")
  @Allow("platform")
  @ApiOkResponse({ standardSchema: PersonPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.persons(actor, pageRequest(query));
  }

  /** Ends every session within a second, and what the person has approved counts no more. */
  @Post("persons/:id/disable")
  @HttpCode(200)
  @Allow("platform")
  @NeedsConfirmation("always")
  @ApiOkResponse({ standardSchema: Person })
  disable(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ChangePerson }) { reason }: ChangePerson,
  ) {
    return this.store.setPersonDisabled(actor, id, true, reason);
  }

  @Post("persons/:id/enable")
  @HttpCode(200)
  @Allow("platform")
  @NeedsConfirmation("always")
  @ApiOkResponse({ standardSchema: Person })
  enable(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ChangePerson }) { reason }: ChangePerson,
  ) {
    return this.store.setPersonDisabled(actor, id, false, reason);
  }

  /** Lets a platform administrator read a tenant's data for an hour; the tenant is told. */
  @Post("tenants/:id/break-glass")
  @HttpCode(200)
  @Allow("platform")
  @NeedsConfirmation("always")
  @ApiOkResponse({ standardSchema: Member })
  breakGlass(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: BreakGlass }) { reason }: BreakGlass,
  ) {
    return this.store.breakGlass(actor, id, reason);
  }
}
