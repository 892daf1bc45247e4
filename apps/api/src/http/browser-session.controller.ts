import { Controller, Delete, Get, HttpCode, Inject, Param, Query, Req } from "@nestjs/common";
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import { BrowserSession, PersonSessions, PersonTenantPage, PersonTenantQuery } from "@tandem/contracts";
import { instant } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import type { PersonIdentity, PersonTenant } from "@tandem/ports/store/persons";
import { type FastifyRequest } from "fastify";
import { z } from "zod";
import { CONFIRMED_FOR_MS } from "../auth/confirmation.ts";
import { CurrentPerson } from "../auth/current-actor.ts";
import { Allow, permissionsOf } from "../auth/permission.ts";
import { PersonAuthenticator } from "../auth/person-authenticator.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { CONFIG, STORE } from "../tokens.ts";

const FIRST_TENANTS = 20;

/** Who is signed in at this browser, and what they may do where. */
@ApiTags("signing in")
@Controller("v1/session")
export class BrowserSessionController {
  private hasBeenUsed = false;

  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly persons: PersonAuthenticator,
  ) {}

  /** Also without a session: then it says how one signs in here. */
  @Get()
  @Allow("public")
  @ApiOkResponse({ standardSchema: BrowserSession })
  async read(@Req() request: FastifyRequest) {
    const identity = await this.persons.identity(request, null);
    const signIn = { provider: this.config.oidcIssuer !== null, local: true, firstRun: await this.isFirstRun() };
    const person = identity === null ? null : await this.store.person(identity.personId);
    if (identity === null || person === null)
      return { person: null, session: null, platform: null, tenants: { items: [], next: null }, signIn };
    const { id, email, name, hasPassword, issuer } = person;
    const confirmsWith = issuer !== null && this.config.oidcIssuer !== null ? "provider" : "password";
    return {
      person: { id, email, name, hasPassword, confirmsWith },
      session: sessionOf(identity),
      platform: platformOf(identity),
      tenants: presentPage(
        await this.store.tenantsOfPerson(id, null, { limit: FIRST_TENANTS, cursor: null }),
        presentTenant,
      ),
      signIn,
    };
  }

  /** Where the person may do something, by slug. */
  @Get("tenants")
  @Allow("self")
  @ApiOkResponse({ standardSchema: PersonTenantPage })
  async tenants(
    @CurrentPerson() { personId }: PersonIdentity,
    @Query({ schema: PersonTenantQuery }) query: PersonTenantQuery,
  ) {
    const search = query.search === undefined || query.search === "" ? null : query.search;
    return presentPage(await this.store.tenantsOfPerson(personId, search, pageRequest(query)), presentTenant);
  }

  /** The person's own, at every browser. */
  @Get("sessions")
  @Allow("self")
  @ApiOkResponse({ standardSchema: PersonSessions })
  async sessions(@CurrentPerson() { personId, sessionId }: PersonIdentity) {
    const sessions = await this.store.ownSessions(personId);
    return { items: sessions.map((session) => ({ ...session, isThis: session.id === sessionId })) };
  }

  /** Ends one of the person's own. */
  @Delete("sessions/:id")
  @HttpCode(204)
  @Allow("self")
  @ApiNoContentResponse()
  end(
    @CurrentPerson() { personId }: PersonIdentity,
    @Param("id", { schema: z.uuid() }) id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    return this.store.endOwnSession(personId, id, request.id);
  }

  /** Persons are never removed: once somebody has been here it stays so. */
  private async isFirstRun(): Promise<boolean> {
    if (this.hasBeenUsed) return false;
    const isFirst = await this.store.isFirstRun();
    this.hasBeenUsed = !isFirst;
    return isFirst;
  }
}

const sessionOf = ({ sessionId, idleEndsAt, endsAt, authenticatedAt }: PersonIdentity) => ({
  id: sessionId,
  idleEndsAt,
  endsAt,
  confirmedUntil: instant(Date.parse(authenticatedAt) + CONFIRMED_FOR_MS),
});

const platformOf = ({ platformRoles }: PersonIdentity) =>
  platformRoles.includes("platform-admin")
    ? { roles: platformRoles, permissions: permissionsOf(["platform-admin"]) }
    : null;

const presentTenant = (tenant: PersonTenant) => ({ ...tenant, permissions: permissionsOf(tenant.roles) });
