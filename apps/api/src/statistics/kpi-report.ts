import type { KpiQuery, KpiReport } from "@tandem/contracts";
import {
  type CallCost,
  type CallFigures,
  callShares,
  foldKpi,
  type KpiInput,
  type PriceList,
  RESOLUTION_MS,
  type Span,
  windowMs,
} from "@tandem/domain/kpi";
import type { ReleaseBundle } from "@tandem/domain/release";
import { instant } from "@tandem/kernel";
import type { ServedRelease } from "@tandem/ports/store/calls";
import type { Actor, ControlStore, DeploymentDetail } from "@tandem/ports/store/control";
import { pricing } from "./call-pricing.ts";

type ReleaseKpis = KpiReport["releases"][number];

export interface KpiReportOptions {
  readonly store: ControlStore;
  readonly prices: PriceList;
  readonly nowMs: number;
}

/** How many releases stand side by side: the active one and the one before. */
const SIDE_BY_SIDE = 2;
const MOST_RELEASES = 50;

/**
 * KPIs and shares of a deployment's releases. The active release is read up to now, an earlier one up to its last call, so that each
 * is judged by a whole window of its own (ruling 41).
 */
export async function kpiReport(
  options: KpiReportOptions,
  actor: Actor,
  deployment: DeploymentDetail,
  query: KpiQuery,
): Promise<KpiReport> {
  const { pointer, slots, id } = deployment;
  const active = pointer.active === "none" ? null : slots[pointer.active].bundleHash;
  const served = await options.store.servedReleases(actor, id, MOST_RELEASES);
  const chosen = chosenReleases(served, active, query.release ?? null);
  const releases = [];
  for (const each of chosen) releases.push(await kpisOf(options, actor, { id, active, served: each, query }));
  return { deploymentId: id, releases };
}

/** The active release first, whether it has had calls or not; then the latest before it. */
function chosenReleases(
  served: readonly ServedRelease[],
  active: string | null,
  wanted: string | null,
): readonly ServedRelease[] {
  const none = (release: string): ServedRelease => ({ release, firstCallAt: "", lastCallAt: "", calls: 0 });
  const find = (release: string) => served.find((each) => each.release === release);
  if (wanted !== null) return wanted === active ? [find(wanted) ?? none(wanted)] : [find(wanted) ?? []].flat();
  const first = active === null ? [] : [find(active) ?? none(active)];
  const others = served.filter(({ release }) => release !== active);
  return [...first, ...others].slice(0, SIDE_BY_SIDE);
}

async function kpisOf(
  { store, prices, nowMs }: KpiReportOptions,
  actor: Actor,
  asked: { id: string; active: string | null; served: ServedRelease; query: KpiQuery },
): Promise<ReleaseKpis> {
  const { id, active, served, query } = asked;
  const { release, calls, lastCallAt } = served;
  const isActive = release === active;
  const toMs = isActive ? nowMs : new Date(lastCallAt).getTime() + 1;
  const all = await store.callFigures(actor, id, { fromMs: toMs - windowMs.week - RESOLUTION_MS, toMs });
  const own = all.filter((call) => call.release === release);
  const bundle = await store.release(actor, release);
  const costOf = remembered(pricing(prices, bundle));
  const input = (span: Span): KpiInput => ({ calls: own, laterCalls: all, span, costOf });
  const spanOf = (window: "day" | "week"): Span => ({ fromMs: toMs - windowMs[window], toMs });
  const kpis = (bundle?.kpis ?? []).map((kpi) => {
    const window = query.window ?? kpi.window;
    const { span, ...value } = foldKpi({ ...kpi, window }, input(spanOf(window)));
    return { ...value, span: presentSpan(span) };
  });
  const span = spanOf(query.window ?? "week");
  const inSpan = own.filter(({ startedAtMs }) => startedAtMs >= span.fromMs);
  return {
    release,
    playbook: playbookOf(bundle),
    isActive,
    calls,
    kpis,
    shares: { span: presentSpan(span), ...callShares(inSpan) },
    unpriced: [...new Set(inSpan.filter((call) => call.wasWithAgent).flatMap((call) => costOf(call).unknown))].sort(),
  };
}

/** Several KPIs and the list of what has no price ask for the same calls' costs. */
function remembered(costOf: (call: CallFigures) => CallCost): (call: CallFigures) => CallCost {
  const costs = new Map<CallFigures, CallCost>();
  return (call) => {
    const known = costs.get(call) ?? costOf(call);
    costs.set(call, known);
    return known;
  };
}

const playbookOf = (bundle: ReleaseBundle | null): string | null =>
  bundle === null ? null : `${bundle.playbook.name}@${bundle.playbook.version}`;

export const presentSpan = ({ fromMs, toMs }: Span) => ({ from: instant(fromMs), to: instant(toMs) });
