import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import { useZone } from "../../ui/time.tsx";
import { formatDuration, formatInstant } from "../../ui/time-text.ts";
import { isTime, type Measure, MEASURES, type Series } from "./measures.ts";

const HEIGHT_PX = 160;

interface EvidenceChartProps {
  readonly measure: Measure;
  readonly series: Series;
}

/** One measure over time. The table beside it has the same in figures. */
export function EvidenceChart({ measure, series }: EvidenceChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const zone = useZone();
  const shown = JSON.stringify(series); // drawn anew when its points have changed, not when the page has
  useEffect(() => {
    const box = place.current;
    if (box === null) return undefined;
    const draw = (): UPlot => new UPlot(optionsOf(measure, zone, box), dataOf(JSON.parse(shown) as Series), box);
    let plot = draw();
    const redraw = (): void => {
      plot.destroy();
      plot = draw();
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT_PX }));
    sizes.observe(box);
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      scheme.removeEventListener("change", redraw);
      plot.destroy();
    };
  }, [measure, zone, shown]);
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
  return `${MEASURES[measure].name}, ${candidate.length} looks: now ${last(candidate)}, before ${last(baseline)}`;
}

/** Canvas knows no variables: colours are asked of the page. */
const colour = (of: Element, name: string): string => {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  of.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};

function optionsOf(measure: Measure, zone: string, box: HTMLElement): UPlot.Options {
  const [ink, soft, faint, line, bad] = ["ink", "edge", "ink-faint", "line", "bad"].map((name) => colour(box, name));
  const axis = { stroke: faint ?? "", font: "12px Inter Variable, sans-serif", ticks: { show: false } };
  const clock = (seconds: number): string => formatInstant(new Date(seconds * 1000), zone, Date.now());
  const dots = { show: true, size: 4 };
  return {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, low, high) => [Math.max(0, low - (high - low) * 0.2), high + (high - low) * 0.2 || 1] } },
    axes: [
      { ...axis, grid: { show: false }, space: 70, values: (_, splits) => splits.map(clock) },
      {
        ...axis,
        grid: { stroke: line ?? "", width: 1 },
        size: 56,
        values: (_, splits) =>
          splits.map((value) => (isTime(measure) ? formatDuration(value) : `${Number(value.toFixed(1))} %`)),
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
