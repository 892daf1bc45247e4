import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from "@nestjs/common";
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { ChangeMember, Member, MemberPage, PageQuery, PersonSessions } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { requireRolesFor } from "../auth/member-roles.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

/** Who may do what in a tenant; without a tenant, in the platform. */
@ApiTags("members")
@Controller("v1/members")
export class MembersController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get()
  @Allow("members")
  @ApiOkResponse({ standardSchema: MemberPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.members(actor, pageRequest(query));
  }

  /** In force within a second. Nobody changes their own. */
  @Put(":id/roles")
  @Allow("members")
  @NeedsConfirmation("always")
  @ApiOkResponse({ standardSchema: Member })
  async change(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ChangeMember }) { roles }: ChangeMember,
  ) {
    requireRolesFor(actor, roles);
    return this.store.changeMember(actor, id, roles);
  }

  @Delete(":id")
  @HttpCode(204)
  @Allow("members")
  @NeedsConfirmation("always")
  @ApiNoContentResponse()
  remove(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string): Promise<void> {
    return this.store.removeMember(actor, id);
  }

  @Get(":id/sessions")
  @Allow("members")
  @ApiOkResponse({ standardSchema: PersonSessions })
  async sessions(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const sessions = await this.store.memberSessions(actor, id);
    return { items: sessions.map((session) => ({ ...session, isThis: false })) };
  }

  @Delete(":id/sessions/:session")
  @HttpCode(204)
  @Allow("members")
  @ApiNoContentResponse()
  endSession(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Param("session", { schema: Id }) session: string,
  ): Promise<void> {
    return this.store.endMemberSession(actor, id, session);
  }
}
