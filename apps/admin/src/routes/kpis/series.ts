import type { Schemas } from "../../api/generated/schema.ts";

export type Series = Schemas["KpiSeries"];
export type Line = Schemas["KpiSeriesLine"];
type Kpi = Line["kpis"][number];
export type Point = Kpi["points"][number];
type AnyFormula = Kpi["formula"];

/** Below this many calls a value says little: it is shown, and said to rest on too few. */
export const LEAST_CALLS = 20;
/** Lines that a chart can tell apart. */
const MOST_SHOWN = 4;

/** What tells lines apart: the release, or the version of a playbook. */
export const keyOf = ({ release, playbook }: Line): string => release ?? playbook ?? "unknown";

/** "2.1.0 · 3fa9c2d1" of a release, "2.1.0" of a version. */
export function lineLabel({ release, playbook }: Line): string {
  const version = playbook?.split("@").at(-1);
  if (release === null) return version ?? "unknown";
  const short = release.replace(/^sha256:/, "").slice(0, 8);
  return version === undefined ? short : `${version} · ${short}`;
}

/** "2.1.0"; the beginning of the hash of a release that is not kept any more. */
export const shortLabel = (line: Line): string => lineLabel(line).split(" ")[0] ?? "";

/** The lines in the order in which they are shown: what takes calls now, what did before, the latest others. */
export function shownLines({ lines }: Series, active: string | null): readonly Line[] {
  const current = lines.find((line) => keyOf(line) === active);
  const ordered = current === undefined ? lines : [current, ...lines.filter((line) => line !== current)];
  return ordered.slice(0, MOST_SHOWN);
}

export const pointsOf = (line: Line | undefined, formula: AnyFormula): readonly Point[] =>
  line?.kpis.find((kpi) => kpi.formula === formula)?.points ?? [];

export interface Total {
  readonly value: number | null;
  readonly sampleSize: number;
  readonly unknown: number;
}

/** One value over the whole span: counts are added, ratios and means weigh as much as their samples. */
export function overSpan(points: readonly Point[], unit: Series["definitions"][number]["unit"]): Total {
  const sampleSize = points.reduce((sum, point) => sum + point.sampleSize, 0);
  const unknown = points.reduce((sum, point) => sum + point.unknown, 0);
  const known = points.filter((point) => point.value !== null && point.sampleSize > 0);
  if (known.length === 0) return { value: null, sampleSize, unknown };
  const sum = known.reduce((total, { value, sampleSize: of }) => total + (value ?? 0) * (unit === "count" ? 1 : of), 0);
  return { value: unit === "count" ? sum : sum / sampleSize, sampleSize, unknown };
}

/** Which release took the calls when, as bands behind the lines: from each switch to the next. */
export interface Band {
  readonly fromMs: number;
  readonly toMs: number;
  readonly release: string | null;
}

const TURNS: ReadonlySet<string> = new Set(["switch", "rollback"]);

export function bandsOf({ moves, buckets }: Pick<Series, "moves" | "buckets">): readonly Band[] {
  const beganMs = Date.parse(buckets[0]?.from ?? "");
  const endMs = Date.parse(buckets.at(-1)?.to ?? "");
  const turns = moves.filter(({ cause }) => TURNS.has(cause));
  if (Number.isNaN(beganMs) || turns.length === 0) return [];
  const edges = [beganMs, ...turns.map(({ at }) => Date.parse(at)), endMs];
  return edges.slice(0, -1).map((fromMs, index) => {
    const move = turns[index - 1];
    const isForward = move?.cause === "switch";
    return { fromMs, toMs: edges[index + 1] ?? endMs, release: isForward ? (move?.release ?? null) : null };
  });
}

/** A row of the table beside the chart: one bucket, and what each line shown came to in it. */
export interface Row {
  readonly bucket: number;
  readonly from: string;
  readonly isComplete: boolean;
  readonly points: readonly (Point | undefined)[];
}

/** Latest first; buckets without a call are left out. */
export function rowsOf({ buckets }: Series, lines: readonly Line[], formula: AnyFormula): readonly Row[] {
  return buckets
    .map(({ from, isComplete }, bucket) => ({
      bucket,
      from,
      isComplete,
      points: lines.map((line) => pointsOf(line, formula).find((point) => point.bucket === bucket)),
    }))
    .filter(({ points }) => points.some((point) => point !== undefined))
    .toReversed();
}
