import { Controller, Get, Inject, Param, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { KpiQuery, KpiReport, Latency, LatencyQuery, Prices } from "@tandem/contracts";
import type { PriceList } from "@tandem/domain/kpi";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { kpiReport, presentSpan } from "../statistics/kpi-report.ts";
import { PRICES, STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

const WINDOW_MS = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;

/** Figures over many calls. */
@ApiTags("statistics")
@Controller("v1")
export class StatisticsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(PRICES) private readonly prices: PriceList,
  ) {}

  /** Response latency of the whole tenant, by deployment, region, slot, release and component. */
  @Get("latency")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Latency })
  latencyOfTenant(@CurrentActor() actor: Actor, @Query({ schema: LatencyQuery }) query: LatencyQuery) {
    return this.latencyOf(actor, null, query);
  }

  /** Response latency by region, slot, release and component. */
  @Get("deployments/:reference/latency")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Latency })
  async latency(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: LatencyQuery }) query: LatencyQuery,
  ) {
    return this.latencyOf(actor, (await findDeployment(this.store, actor, reference)).id, query);
  }

  /** The playbook's KPIs and the service's own shares, per release with their sample sizes. */
  @Get("deployments/:reference/kpis")
  @Allow("read")
  @ApiOkResponse({ standardSchema: KpiReport })
  async kpis(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: KpiQuery }) query: KpiQuery,
  ) {
    const { store, prices } = this;
    return kpiReport({ store, prices, nowMs: Date.now() }, actor, await findDeployment(store, actor, reference), query);
  }

  /** What cost per call is made from, each price with where and when it was read. */
  @Get("prices")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Prices })
  listPrices() {
    return { currency: "USD", items: this.prices.all() };
  }

  private async latencyOf(actor: Actor, deploymentId: string | null, { window, kind }: LatencyQuery) {
    const toMs = Date.now();
    const span = { fromMs: toMs - WINDOW_MS[window], toMs };
    return { span: presentSpan(span), ...(await this.store.latency(actor, { deploymentId, kind, span })) };
  }
}
