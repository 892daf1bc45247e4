import type UPlot from "uplot";
import { type Definition, kpiText } from "./kpi-words.ts";
import { bandsOf, type Line, lineLabel, pointsOf, type Series, shortLabel } from "./series.ts";
import { pageColour } from "../../ui/page-colour.ts";

/** What a chart draws. */
export interface ChartInput {
  readonly series: Series;
  /** Those shown; what takes calls now first. */
  readonly lines: readonly Line[];
}

export interface Look {
  readonly ink: "ink" | "soft" | "edge";
  readonly width: number;
  readonly dash: readonly number[];
}

/** Lines are told apart by weight and dashes; hue is left to slots and states. */
export const LOOKS: readonly [Look, ...Look[]] = [
  { ink: "ink", width: 2.25, dash: [] },
  { ink: "soft", width: 1.5, dash: [6, 4] },
  { ink: "edge", width: 1.5, dash: [2, 3] },
  { ink: "edge", width: 1.25, dash: [10, 3, 2, 3] },
];

/** The colours of a chart as they are at its box now. */
export function colours(of: Element) {
  const ask = (name: string): string => pageColour(of, name);
  return {
    ink: ask("ink"),
    soft: ask("ink-soft"),
    edge: ask("edge"),
    faint: ask("ink-faint"),
    line: ask("line"),
    band: ask("sunken"),
  };
}
export type Colours = ReturnType<typeof colours>;

const secondsOf = (instant: string): number => Date.parse(instant) / 1000;

/** Buckets by their beginning, and a value of each line in each. */
export function chartData({ series, lines }: ChartInput, formula: Definition["formula"]): UPlot.AlignedData {
  const times = series.buckets.map(({ from }) => secondsOf(from));
  const values = lines.map((line) => {
    const points = new Map(pointsOf(line, formula).map(({ bucket, value }) => [bucket, value]));
    return times.map((_, bucket) => points.get(bucket) ?? null);
  });
  return [times, ...values];
}

/** Every other span between switches is shaded; the version that took the calls stands at its top. */
export function drawBands(plot: UPlot, { series, lines }: ChartInput, colour: Colours): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const [index, { fromMs, toMs, release }] of bandsOf(series).entries()) {
    const left = Math.max(bbox.left, plot.valToPos(fromMs / 1000, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toMs / 1000, "x", true));
    if (right <= left) continue;
    if (index % 2 === 1) {
      ctx.fillStyle = colour.band;
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    const line = lines.find((each) => each.release !== null && each.release === release);
    if (line !== undefined) write(plot, shortLabel(line), [left + 6, right], colour);
  }
  ctx.restore();
}

function write({ ctx, bbox }: UPlot, text: string, [left, right]: readonly [number, number], colour: Colours): void {
  const ratio = devicePixelRatio;
  ctx.font = `${12 * ratio}px Inter Variable, sans-serif`;
  if (ctx.measureText(text).width > right - left) return;
  ctx.fillStyle = colour.faint;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.fillText(text, left, bbox.top - 3 * ratio);
}

const MARKED: ReadonlySet<string> = new Set(["switch", "rollback", "divert", "resume"]);

/** An upright line for each move of the pointer: whole for a switch, dashed for a way back. */
export function drawMarks(plot: UPlot, { series: { moves } }: ChartInput, colour: Colours): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.strokeStyle = colour.soft;
  for (const { at, cause } of moves.filter((move) => MARKED.has(move.cause))) {
    const x = plot.valToPos(secondsOf(at), "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash(cause === "switch" ? [] : [4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** The latest value of each line, for who does not see the chart. */
export const spokenOf = ({ lines }: ChartInput, { formula, unit }: Definition): string =>
  lines
    .map((line) => `${lineLabel(line)} latest ${kpiText(unit, pointsOf(line, formula).at(-1)?.value ?? null)}`)
    .join(", ");
