import { Controller, Get, Inject, Param, Query, Res } from "@nestjs/common";
import { ApiOkResponse, ApiProduces, ApiTags } from "@nestjs/swagger";
import { KpiSeries, KpiSeriesQuery, PlaybookSeriesQuery } from "@tandem/contracts";
import type { PriceList } from "@tandem/domain/kpi";
import type { Actor, ControlStore, DeploymentDetail } from "@tandem/ports/store/control";
import type { SeriesQuery } from "@tandem/ports/store/kpi-series";
import { type FastifyReply } from "fastify";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { seriesCsv } from "../presentation/kpi-series.ts";
import { kpiSeries, seriesSpan } from "../statistics/kpi-series.ts";
import { PRICES, STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

/** KPIs over time. */
@ApiTags("statistics")
@Controller("v1")
export class KpiSeriesController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(PRICES) private readonly prices: PriceList,
  ) {}

  /** Every KPI in buckets of time per release, with the pointer's moves; with `format=csv` as a table. */
  @Get("deployments/:reference/kpi-series")
  @Allow("read")
  @ApiProduces("application/json", "text/csv")
  @ApiOkResponse({ standardSchema: KpiSeries })
  async ofDeployment(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: KpiSeriesQuery }) query: KpiSeriesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const deployment = await findDeployment(this.store, actor, reference);
    const timeZone = query.timeZone ?? (await this.timeZoneOf(actor, deployment));
    const of = { deploymentId: deployment.id };
    return this.answer(actor, reply, query, { of, timeZone, release: query.release ?? null });
  }

  /** The same over all of the tenant's deployments of a playbook, per version. */
  @Get("kpi-series")
  @Allow("read")
  @ApiProduces("application/json", "text/csv")
  @ApiOkResponse({ standardSchema: KpiSeries })
  ofPlaybook(
    @CurrentActor() actor: Actor,
    @Query({ schema: PlaybookSeriesQuery }) query: PlaybookSeriesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const of = { playbook: query.playbook };
    return this.answer(actor, reply, query, { of, timeZone: query.timeZone ?? "UTC", release: null });
  }

  private async answer(
    actor: Actor,
    reply: FastifyReply,
    query: Pick<KpiSeriesQuery, "step" | "from" | "to" | "format">,
    wish: Pick<SeriesQuery, "of" | "timeZone" | "release">,
  ) {
    const nowMs = Date.now();
    const { store, prices } = this;
    const span = seriesSpan(query, nowMs);
    const series = await kpiSeries({ store, prices, nowMs }, actor, { ...wish, ...span, step: query.step });
    if (query.format === "json") return series;
    void reply
      .header("content-type", "text/csv; charset=utf-8")
      .header("content-disposition", 'attachment; filename="kpis.csv"');
    return seriesCsv(series);
  }

  /** That of the active release's opening hours. */
  private async timeZoneOf(actor: Actor, { pointer, slots }: DeploymentDetail): Promise<string> {
    const hash = pointer.active === "none" ? null : slots[pointer.active].bundleHash;
    const bundle = hash === null ? null : await this.store.release(actor, hash);
    return bundle?.answer?.schedule?.timeZone ?? "UTC";
  }
}
