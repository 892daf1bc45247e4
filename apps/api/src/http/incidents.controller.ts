import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import {
  AddNote,
  ChangeSeverity,
  ClearStack,
  ConcludeStack,
  DeploymentHealth,
  HealthQuery,
  HealthSeries,
  HealthSeriesQuery,
  IncidentDetail,
  type IncidentEvidence,
  IncidentPage,
  IncidentQuery,
  OpenIncident,
  ResolveIncident,
  SuspectStack,
} from "@tandem/contracts";
import type { IncidentCommand } from "@tandem/domain/incident";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { AttachedEvidence } from "@tandem/ports/store/incidents";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { presentHealth, presentHealthSeries } from "../presentation/health.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

const Id = z.uuid();
const MINUTE_MS = 60_000;
const DEFAULT_WINDOW_MS = 15 * MINUTE_MS;

/** The four stacks of a deployment, and incidents that walk them. */
@ApiTags("incidents")
@Controller("v1")
export class IncidentsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** How each stack stands, by what figures, and which release changed it last. */
  @Get("deployments/:reference/health")
  @Allow("read")
  @ApiOkResponse({ standardSchema: DeploymentHealth })
  async health(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: HealthQuery }) { windowMinutes }: HealthQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    const health = await this.store.health(actor, id, windowMinutes * MINUTE_MS);
    if (health === null) throw new AppError("not_found", `There is no deployment ${reference}`);
    return presentHealth(id, health, await this.store.releaseMoves(actor, id));
  }

  /** How each stack stood over time, in windows that follow each other. */
  @Get("deployments/:reference/health-series")
  @Allow("read")
  @ApiOkResponse({ standardSchema: HealthSeries })
  async healthSeries(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: HealthSeriesQuery }) { windowMinutes, windows, to }: HealthSeriesQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    const span = { windowMs: windowMinutes * MINUTE_MS, windows, to: to ?? null };
    const series = await this.store.healthSeries(actor, id, span);
    if (series === null) throw new AppError("not_found", `There is no deployment ${reference}`);
    return presentHealthSeries(id, series);
  }

  /** One at a time for a stack of a deployment; `stack` is a suspicion, not a conclusion. */
  @Post("deployments/:reference/incidents")
  @Allow("incidents")
  @ApiCreatedResponse({ standardSchema: IncidentDetail })
  async open(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: OpenIncident }) { severity, summary, stack }: OpenIncident,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return this.store.openIncident(actor, id, { severity, summary, stack: stack ?? null });
  }

  /** Newest first. */
  @Get("incidents")
  @Allow("read")
  @ApiOkResponse({ standardSchema: IncidentPage })
  async list(@CurrentActor() actor: Actor, @Query({ schema: IncidentQuery }) query: IncidentQuery) {
    const { state, deployment } = query;
    const found = deployment === undefined ? null : await findDeployment(this.store, actor, deployment);
    const filter = { ...(state !== undefined && { state }), ...(found !== null && { deploymentId: found.id }) };
    return presentPage(await this.store.incidents(actor, pageRequest(query), filter), (incident) => incident);
  }

  /** With everything that happened in it. */
  @Get("incidents/:id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: IncidentDetail })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const incident = await this.store.incident(actor, id);
    if (incident === null) throw new AppError("not_found", `There is no incident ${id}`);
    return incident;
  }

  /** Says where the fault may be; binds nobody. */
  @Post("incidents/:id/suspect")
  @HttpCode(200)
  @Allow("incidents")
  @ApiOkResponse({ standardSchema: IncidentDetail })
  suspect(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: SuspectStack }) { stack, note, evidence }: z.infer<typeof SuspectStack>,
  ) {
    return this.change(actor, id, { do: "suspect", stack, note: note ?? null }, evidence);
  }

  /** The fault is not there. In order, and with evidence. */
  @Post("incidents/:id/clear")
  @HttpCode(200)
  @Allow("incidents")
  @ApiOkResponse({ standardSchema: IncidentDetail })
  clear(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ClearStack }) { stack, note, evidence }: z.infer<typeof ClearStack>,
  ) {
    return this.change(actor, id, { do: "clear", stack, evidence: evidence.length, note: note ?? null }, evidence);
  }

  /** The fault is there. Every earlier stack is cleared by then; clearing this one later takes it back. */
  @Post("incidents/:id/conclude")
  @HttpCode(200)
  @Allow("incidents")
  @ApiOkResponse({ standardSchema: IncidentDetail })
  conclude(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ConcludeStack }) { stack, cause, evidence }: z.infer<typeof ConcludeStack>,
  ) {
    return this.change(actor, id, { do: "conclude", stack, evidence: evidence.length, cause }, evidence);
  }

  /** Moves the end of the resolution clock, which goes on from the beginning. */
  @Post("incidents/:id/severity")
  @HttpCode(200)
  @Allow("incidents")
  @ApiOkResponse({ standardSchema: IncidentDetail })
  severity(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ChangeSeverity }) { severity, reason }: z.infer<typeof ChangeSeverity>,
  ) {
    return this.change(actor, id, { do: "change-severity", severity, reason }, []);
  }

  /** Also on a resolved incident. */
  @Post("incidents/:id/notes")
  @HttpCode(200)
  @Allow("incidents")
  @ApiOkResponse({ standardSchema: IncidentDetail })
  note(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: AddNote }) { text, evidence }: z.infer<typeof AddNote>,
  ) {
    return this.change(actor, id, { do: "note", text }, evidence);
  }

  /** Callers are served again. */
  @Post("incidents/:id/resolve")
  @HttpCode(200)
  @Allow("incidents")
  @ApiOkResponse({ standardSchema: IncidentDetail })
  resolve(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ResolveIncident }) { resolution, withoutCause }: z.infer<typeof ResolveIncident>,
  ) {
    return this.change(actor, id, { do: "resolve", resolution, withoutCause }, []);
  }

  private async change(
    actor: Actor,
    id: string,
    command: IncidentCommand,
    evidence: readonly IncidentEvidence[],
  ): Promise<IncidentDetail> {
    const attached: AttachedEvidence[] = [];
    for (const one of evidence) attached.push(one.kind === "metrics" ? await this.withFigures(actor, id, one) : one);
    return (await this.store.changeIncident(actor, id, command, attached)) as IncidentDetail;
  }

  /** The figures as they are now: what was looked at stays what was looked at. */
  private async withFigures(
    actor: Actor,
    id: string,
    evidence: Extract<IncidentEvidence, { readonly kind: "metrics" }>,
  ): Promise<AttachedEvidence> {
    const incident = await this.store.incident(actor, id);
    if (incident === null) throw new AppError("not_found", `There is no incident ${id}`);
    const health = await this.store.health(actor, incident.deploymentId, DEFAULT_WINDOW_MS);
    const { note } = evidence;
    return { kind: "metrics", ...(note !== undefined && { note }), health: health as unknown as Json };
  }
}
