import { Controller, Get, Inject, Param, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { SessionDetail, SessionPage, SessionQuery } from "@tandem/contracts";
import type { PriceList } from "@tandem/domain/kpi";
import { AppError } from "@tandem/kernel";
import type { SessionFilter } from "@tandem/ports/store/calls";
import type { Actor, ActorRole, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow, permissions } from "../auth/permission.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { figuresOfSession, presentSession, presentSessionDetail } from "../presentation/session.ts";
import { pricing } from "../statistics/call-pricing.ts";
import { PRICES, STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

const Id = z.uuid();

@ApiTags("calls")
@Controller("v1")
export class SessionsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(PRICES) private readonly prices: PriceList,
  ) {}

  /** Newest first. */
  @Get("deployments/:reference/sessions")
  @Allow("read")
  @ApiOkResponse({ standardSchema: SessionPage })
  async list(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: SessionQuery }) query: SessionQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return presentPage(await this.store.sessions(actor, id, pageRequest(query), filterOf(query)), presentSession);
  }

  /** One call with its turns; its words only for roles that may read transcripts. */
  @Get("sessions/:session")
  @Allow("read")
  @ApiOkResponse({ standardSchema: SessionDetail })
  async read(@CurrentActor() actor: Actor, @Param("session", { schema: Id }) sessionId: string) {
    const withTexts = mayReadTranscripts(actor);
    const session = await this.store.session(actor, sessionId, { withTexts });
    if (session === null) throw new AppError("not_found", `There is no call ${sessionId}`);
    const bundle = await this.store.release(actor, session.bundleHash);
    const cost = bundle === null ? null : pricing(this.prices, bundle)(figuresOfSession(session));
    return presentSessionDetail(session, withTexts, { bundle, cost });
  }
}

const mayReadTranscripts = ({ roles }: Actor): boolean =>
  roles.some((role) => (permissions.transcripts as readonly ActorRole[]).includes(role));

const filterOf = ({ limit: _limit, cursor: _cursor, ...filter }: SessionQuery): SessionFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
