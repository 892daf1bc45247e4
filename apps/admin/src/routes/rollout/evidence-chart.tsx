import { counted } from "@tandem/kernel";
import UPlot from "uplot";
import { pageColour } from "../../ui/page-colour.ts";
import { useZone } from "../../ui/time.tsx";
import { formatInstant } from "../../ui/time-text.ts";
import { usePlot } from "../../ui/use-plot.ts";
import { isTime, type Measure, MEASURES, type Series } from "./measures.ts";

const HEIGHT_PX = 160;

interface EvidenceChartProps {
  readonly measure: Measure;
  readonly series: Series;
}

/** One measure over time. The table beside it has the same in figures. */
export function EvidenceChart({ measure, series }: EvidenceChartProps) {
  const zone = useZone();
  const place = usePlot(
    HEIGHT_PX,
    JSON.stringify([series, measure, zone]),
    (box) => new UPlot(optionsOf(measure, zone, box), dataOf(series), box),
  );
  return <div ref={place} role="img" aria-label={spoken(measure, series)} style={{ height: HEIGHT_PX }} />;
}

const dataOf = ({ times, candidate, baseline, limit }: Series): UPlot.AlignedData => [
  [...times],
  [...candidate],
  [...baseline],
  [...limit],
];

function spoken(measure: Measure, { candidate, baseline }: Series): string {
  const last = (values: readonly (number | null)[]): string => {
    const value = values.findLast((each) => each !== null);
    return value == null ? "nothing" : `${Math.round(value)} ${isTime(measure) ? "milliseconds" : "per cent"}`;
  };
  return `${MEASURES[measure].name}, ${counted(candidate.length, "look")}: now ${last(candidate)}, before ${last(baseline)}`;
}

/** A line that does not move lies in the middle, not on the edge. */
function roomAround(measure: Measure, low: number, high: number): [number, number] {
  const least = isTime(measure) ? high * 0.1 : 2;
  const room = Math.max((high - low) * 0.2, least, 0.5);
  return [Math.max(0, low - room), high + room];
}

function valueText(measure: Measure, value: number): string {
  if (measure === "handling-time") return `${Number((value / 1000).toFixed(1))} s`;
  return measure === "response-latency" ? `${Math.round(value)} ms` : `${Number(value.toFixed(1))} %`;
}

function optionsOf(measure: Measure, zone: string, box: HTMLElement): UPlot.Options {
  const [ink, soft, faint, line, bad] = ["ink", "edge", "ink-faint", "line", "bad"].map((name) =>
    pageColour(box, name),
  );
  const axis = { stroke: faint ?? "", font: "12px Inter Variable, sans-serif", ticks: { show: false } };
  const clock = (seconds: number): string => formatInstant(new Date(seconds * 1000), zone, Date.now());
  const dots = { show: true, size: 4 };
  return {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, low, high) => roomAround(measure, low, high) } },
    axes: [
      { ...axis, grid: { show: false }, space: 70, size: 28, values: (_, splits) => splits.map(clock) },
      {
        ...axis,
        grid: { stroke: line ?? "", width: 1 },
        size: 56,
        values: (_, splits) => splits.map((value) => valueText(measure, value)),
      },
    ],
    series: [
      {},
      { stroke: ink ?? "", width: 2, points: { ...dots, fill: ink ?? "" } },
      { stroke: soft ?? "", width: 1.25, points: { show: false } },
      { stroke: bad ?? "", width: 1.25, dash: [5, 4], points: { show: false } },
    ],
  };
}
