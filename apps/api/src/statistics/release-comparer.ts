import { Inject, Injectable } from "@nestjs/common";
import type { PriceList } from "@tandem/domain/kpi";
import { costOf, latencyMet, type MeasuredFigures, type Plan, type ReleaseComparison } from "@tandem/domain/plan";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { PRICES, STORE } from "../tokens.ts";
import { pricing } from "./call-pricing.ts";

const DAYS = 7;
const DAY_MS = 86_400_000;

/** Sets a planned release beside the one that was live when it was planned: estimates of both, and what callers have had. */
@Injectable()
export class ReleaseComparer {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(PRICES) private readonly prices: PriceList,
  ) {}

  async compare(actor: Actor, plan: Plan): Promise<ReleaseComparison> {
    const planned = { estimatedLatency: latencyMet(plan.latency), estimatedCostMicros: costOf(plan.cost) };
    const { previousBundleHash: bundleHash, deploymentId } = plan;
    if (bundleHash === null) return { planned, current: null };
    const [made, measured] = await Promise.all([
      this.store.planOfRelease(actor, deploymentId, bundleHash),
      this.measured(actor, deploymentId, bundleHash),
    ]);
    const estimated = {
      estimatedLatency: latencyMet(made?.latency),
      estimatedCostMicros: costOf(plan.currentCost),
    };
    return { planned, current: { bundleHash, ...estimated, measured } };
  }

  /** Of live calls of the last days; the latency of the region that most turns came from. */
  private async measured(actor: Actor, deploymentId: string, bundleHash: string): Promise<MeasuredFigures> {
    const toMs = Date.now();
    const span = { fromMs: toMs - DAYS * DAY_MS, toMs };
    const [latency, all, bundle] = await Promise.all([
      this.store.latency(actor, { deploymentId, kind: "live", span }),
      this.store.callFigures(actor, deploymentId, span),
      this.store.release(actor, bundleHash),
    ]);
    const [main] = latency.measured
      .filter(({ component, release }) => component === "totalMs" && release === bundleHash)
      .toSorted((left, right) => right.turns - left.turns);
    const calls = all.filter(({ release }) => release === bundleHash);
    const cost = pricing(this.prices, bundle);
    const sum = calls.reduce((micros, call) => micros + cost(call).costMicros, 0);
    return {
      latency: main === undefined ? null : { p50Ms: main.p50Ms, p95Ms: main.p95Ms, turns: main.turns },
      costMicros: calls.length === 0 ? null : Math.round(sum / calls.length),
      calls: calls.length,
      days: DAYS,
    };
  }
}
