import { Body, Controller, HttpCode, Inject, Post, Req, Res } from "@nestjs/common";
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import {
  ChangePassword,
  ClaimInvitation,
  InvitationView,
  LookAtInvitation,
  Reauthenticate,
  SignIn,
} from "@tandem/contracts";
import type { PersonIdentity } from "@tandem/ports/store/persons";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { BrowserSessions } from "../auth/browser-sessions.ts";
import { CurrentPerson } from "../auth/current-actor.ts";
import { InvitationDesk } from "../auth/invitation-desk.ts";
import { requireOwnSite } from "../auth/own-site.ts";
import { PasswordDesk } from "../auth/password-desk.ts";
import { Allow } from "../auth/permission.ts";
import { CONFIG } from "../tokens.ts";

/** Signing in and out, from our own page only. */
@ApiTags("signing in")
@Controller("auth")
export class SignInController {
  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly passwords: PasswordDesk,
    private readonly invitations: InvitationDesk,
    private readonly sessions: BrowserSessions,
  ) {}

  /** By address and password; the session's cookie comes with the answer. */
  @Post("local")
  @HttpCode(204)
  @Allow("public")
  @ApiNoContentResponse()
  async local(
    @Body({ schema: SignIn }) { email, password }: SignIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireOwnSite(this.config, request);
    const personId = await this.passwords.personOf(email, password, request.ip);
    await this.sessions.begin(request, reply, { personId, atMs: Date.now() });
  }

  /** What a link of invitation is about. */
  @Post("invitation")
  @HttpCode(200)
  @Allow("public")
  @ApiOkResponse({ standardSchema: InvitationView })
  async invitation(@Body({ schema: LookAtInvitation }) { token }: LookAtInvitation, @Req() request: FastifyRequest) {
    requireOwnSite(this.config, request);
    const { kind, email, tenant, roles, how } = await this.invitations.look(token, request.ip);
    return { kind, email, tenant, roles, how };
  }

  /** Uses up a link of invitation, or the first run's, and signs in. */
  @Post("claim")
  @HttpCode(204)
  @Allow("public")
  @ApiNoContentResponse()
  async claim(
    @Body({ schema: ClaimInvitation }) body: ClaimInvitation,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireOwnSite(this.config, request);
    const asked = { address: request.ip, requestId: request.id };
    const { personId } = await this.invitations.claim(body, asked);
    await this.sessions.begin(request, reply, { personId, atMs: Date.now() });
  }

  /** Ends the session; nothing to do when there is none. */
  @Post("logout")
  @HttpCode(204)
  @Allow("public")
  @ApiNoContentResponse()
  async logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    requireOwnSite(this.config, request);
    await this.sessions.end(request, reply);
  }

  /** Shows again who one is, for what asks for it in the next five minutes. With a provider: GET /auth/login?confirm=1. */
  @Post("reauthenticate")
  @HttpCode(204)
  @Allow("self")
  @ApiNoContentResponse()
  async reauthenticate(
    @CurrentPerson() person: PersonIdentity,
    @Body({ schema: Reauthenticate }) { password }: Reauthenticate,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.passwords.confirm(person, password, request.ip);
    await this.sessions.confirm(request, person.sessionId);
  }

  /** Ends every other session of the person. */
  @Post("password")
  @HttpCode(204)
  @Allow("self")
  @ApiNoContentResponse()
  async password(
    @CurrentPerson() person: PersonIdentity,
    @Body({ schema: ChangePassword }) body: ChangePassword,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.passwords.change(person, body, { address: request.ip, requestId: request.id });
  }
}
