import type { KpiSeries } from "@tandem/contracts";
import {
  MOST_BUCKETS,
  type PriceList,
  seriesDefinitions,
  type SeriesStep,
  type SeriesValue,
  seriesValues,
} from "@tandem/domain/kpi";
import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { SeriesCell, SeriesQuery, SeriesRows } from "@tandem/ports/store/kpi-series";
import { pricing } from "./call-pricing.ts";

const STEP_MS: Readonly<Record<SeriesStep, number>> = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 };
const DEFAULT_BUCKETS = 30;
const MOST_LINES = 20;

/** What a request says of the span. */
export interface SpanWish {
  readonly step: SeriesStep;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The span in epoch milliseconds. Throws `invalid_input` for an empty one and for more buckets than a series has. */
export function seriesSpan({ step, from, to }: SpanWish, nowMs: number): Pick<SeriesQuery, "fromMs" | "toMs"> {
  const toMs = to === undefined ? nowMs : Date.parse(to);
  const fromMs = from === undefined ? toMs - (DEFAULT_BUCKETS - 1) * STEP_MS[step] : Date.parse(from);
  if (fromMs >= toMs) throw new AppError("invalid_input", "`from` must be before `to`.");
  const buckets = Math.ceil((toMs - fromMs) / STEP_MS[step]) + 1;
  if (buckets > MOST_BUCKETS)
    throw new AppError("invalid_input", `The span has ${buckets} buckets of a ${step}, ${MOST_BUCKETS} at most.`, {
      details: { buckets, most: MOST_BUCKETS },
    });
  return { fromMs, toMs };
}

export interface SeriesOptions {
  readonly store: Pick<ControlStore, "kpiSeries" | "release">;
  readonly prices: PriceList;
  readonly nowMs: number;
}

/** The series of a deployment by release, or of a playbook by version. */
export async function kpiSeries(options: SeriesOptions, actor: Actor, query: SeriesQuery): Promise<KpiSeries> {
  const rows = await options.store.kpiSeries(actor, query);
  const lines = linesOf(rows.cells);
  const bundles = await bundlesOf(
    options,
    actor,
    lines.slice(0, MOST_LINES).flatMap(([, cells]) => cells),
  );
  const isByRelease = "deploymentId" in query.of;
  return {
    deploymentId: "deploymentId" in query.of ? query.of.deploymentId : null,
    playbook: "playbook" in query.of ? query.of.playbook : null,
    step: query.step,
    timeZone: query.timeZone,
    buckets: bucketsOf(rows, options.nowMs),
    definitions: seriesDefinitions.map((definition) => ({ ...definition, window: query.step })),
    lines: lines.slice(0, MOST_LINES).map(([line, cells]) => ({
      release: isByRelease ? line : null,
      playbook: isByRelease ? playbookOf(bundles.get(line) ?? null) : line === "unknown" ? null : line,
      calls: cells.reduce((sum, { calls }) => sum + calls, 0),
      kpis: pointsOf(cells, options.prices, bundles),
    })),
    linesLeftOut: Math.max(0, lines.length - MOST_LINES),
    moves: [...rows.moves],
  };
}

/** Line → its cells in order; the line with the latest calls first. */
function linesOf(cells: readonly SeriesCell[]): readonly (readonly [string, readonly SeriesCell[]])[] {
  const lines = Map.groupBy(cells, ({ line }) => line);
  const last = (of: readonly SeriesCell[]) => of.at(-1)?.bucket ?? 0;
  return [...lines].toSorted(([one, left], [other, right]) => last(right) - last(left) || one.localeCompare(other));
}

const bucketsOf = ({ bounds }: SeriesRows, nowMs: number): KpiSeries["buckets"] =>
  bounds.slice(0, -1).map((from, index) => {
    const to = bounds[index + 1] ?? from;
    return { from, to, isComplete: Date.parse(to) <= nowMs };
  });

type Bundles = ReadonlyMap<string, ReleaseBundle | null>;

/** Release → bundle, of every line and of every call that is priced. */
async function bundlesOf({ store }: SeriesOptions, actor: Actor, cells: readonly SeriesCell[]): Promise<Bundles> {
  const releases = new Set(cells.flatMap(({ sample, line }) => [line, ...sample.map(({ release }) => release)]));
  const bundles = new Map<string, ReleaseBundle | null>();
  for (const release of releases) bundles.set(release, await store.release(actor, release));
  return bundles;
}

function pointsOf(
  cells: readonly SeriesCell[],
  prices: PriceList,
  bundles: Bundles,
): KpiSeries["lines"][number]["kpis"] {
  const costs = new Map([...bundles].map(([release, bundle]) => [release, pricing(prices, bundle)]));
  const unknown = pricing(prices, null);
  const values = cells.map(({ bucket, sample, ...counts }) => ({
    bucket,
    values: seriesValues(
      counts,
      sample.map((call) => (costs.get(call.release) ?? unknown)(call)),
    ),
  }));
  return seriesDefinitions.map(({ formula }) => ({
    formula,
    points: values.flatMap(({ bucket, values: all }) => {
      const value = all.find((each) => each.formula === formula);
      return value === undefined || isEmpty(value) ? [] : [pointOf(bucket, value)];
    }),
  }));
}

const isEmpty = ({ sampleSize, unknown }: SeriesValue): boolean => sampleSize === 0 && unknown === 0;

const pointOf = (bucket: number, { value, sampleSize, unknown }: SeriesValue) => ({
  bucket,
  value,
  sampleSize,
  unknown,
});

const playbookOf = (bundle: ReleaseBundle | null): string | null =>
  bundle === null ? null : `${bundle.playbook.name}@${bundle.playbook.version}`;
