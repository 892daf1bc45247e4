import { Body, Controller, Get, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { DecideDrift, DriftDecided, DriftPage, DriftReport, PageQuery } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { DriftDecider } from "../planning/drift-decider.ts";
import { presentDriftDecision, presentDriftReport } from "../presentation/drift.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

@ApiTags("drift")
@Controller("v1")
export class DriftController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    private readonly decider: DriftDecider,
  ) {}

  /** Deployments at which something drifted that nobody has decided about. */
  @Get("drift")
  @Allow("read")
  @ApiOkResponse({ standardSchema: DriftPage })
  async list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return presentPage(await this.store.listDrift(actor, pageRequest(query)), (item) => item);
  }

  /** The latest look, and what was decided. `POST` on the same address looks now. */
  @Get("deployments/:reference/drift")
  @Allow("read")
  @ApiOkResponse({ standardSchema: DriftReport })
  async read(@CurrentActor() actor: Actor, @Param("reference", { schema: Reference }) reference: string) {
    const { id } = await findDeployment(this.store, actor, reference);
    return presentDriftReport(id, await this.store.drift(actor, id));
  }

  /** What is done about one object that drifted: adopted, reverted, or ignored until a date. Writes nothing at a vendor. */
  @Post("deployments/:reference/drift/decisions")
  @Allow("decideDrift")
  @ApiCreatedResponse({ standardSchema: DriftDecided })
  async decide(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: DecideDrift }) body: DecideDrift,
  ) {
    const deployment = await findDeployment(this.store, actor, reference);
    const decided = await this.decider.decide(actor, deployment, body);
    return { ...decided, decision: presentDriftDecision(decided.decision) };
  }
}
