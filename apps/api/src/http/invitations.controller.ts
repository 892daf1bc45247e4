import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import { CreatedInvitation, CreateInvitation, InvitationPage, PageQuery } from "@tandem/contracts";
import { AppError, instant } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { hashBearerToken, makeBearerToken } from "@tandem/secrets";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { requireRolesFor } from "../auth/member-roles.ts";
import { Allow } from "../auth/permission.ts";
import { publicUrl } from "../auth/public-origin.ts";
import { pageRequest } from "../presentation/page.ts";
import { CONFIG, STORE } from "../tokens.ts";

const DAY_MS = 86_400_000;

/** How persons become members: by a link of one use. */
@ApiTags("members")
@Controller("v1/invitations")
export class InvitationsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  /** Those that can still be used. */
  @Get()
  @Allow("members")
  @ApiOkResponse({ standardSchema: InvitationPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.invitations(actor, pageRequest(query));
  }

  /** The link is shown once; an earlier one to the same address ends. Where a provider is configured the address is enough. */
  @Post()
  @Allow("members")
  @NeedsConfirmation("always")
  @ApiCreatedResponse({ standardSchema: CreatedInvitation })
  async create(@CurrentActor() actor: Actor, @Body({ schema: CreateInvitation }) body: CreateInvitation) {
    requireRolesFor(actor, body.roles);
    const token = makeBearerToken();
    const tokenHash = hashBearerToken(this.config.keyPepper, "invitation", token);
    if (tokenHash === null) throw new AppError("internal", "A link's token has another form than expected");
    const invitation = await this.store.invite(actor, {
      tokenHash,
      email: body.email.toLowerCase(),
      roles: body.roles,
      expiresAt: instant(Date.now() + body.expiresInDays * DAY_MS),
    });
    return { invitationUrl: `${publicUrl(this.config)}/welcome#${token}`, ...invitation };
  }

  @Delete(":id")
  @HttpCode(204)
  @Allow("members")
  @ApiNoContentResponse()
  revoke(@CurrentActor() actor: Actor, @Param("id", { schema: z.uuid() }) id: string): Promise<void> {
    return this.store.revokeInvitation(actor, id);
  }
}
