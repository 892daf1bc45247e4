import UPlot from "uplot";
import { useZone } from "../../ui/time.tsx";
import { usePlot } from "../../ui/use-plot.ts";
import { type Definition, KPI_NAMES, kpiText } from "./kpi-words.ts";
import { type ChartInput, chartData, colours, drawBands, drawMarks, LOOKS, spokenOf } from "./chart-parts.ts";

const HEIGHT_PX = 280;

interface KpiChartProps extends ChartInput {
  readonly definition: Definition;
}

/** One KPI over time, a line for each release; bands tell which took the calls, marks when the pointer moved. The table has the same in figures. */
export function KpiChart(props: KpiChartProps) {
  const { definition } = props;
  const zone = useZone();
  const releases = props.lines.map(({ release, playbook }) => [release, playbook]);
  const place = usePlot(
    HEIGHT_PX,
    JSON.stringify([props.series, releases, definition.formula, zone]),
    (box) => new UPlot(optionsOf(props, zone, box), chartData(props, definition.formula), box),
  );
  return (
    <div
      ref={place}
      role="img"
      aria-label={`${KPI_NAMES[definition.formula]} over time: ${spokenOf(props, definition)}`}
      style={{ height: HEIGHT_PX }}
    />
  );
}

function optionsOf(input: KpiChartProps, zone: string, box: HTMLElement): UPlot.Options {
  const { definition, series, lines } = input;
  const colour = colours(box);
  const axis = { stroke: colour.faint, font: "12px Inter Variable, sans-serif", ticks: { show: false } };
  const isHourly = series.step === "hour";
  const tick = (seconds: number): string =>
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      ...(isHourly ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" }),
    }).format(seconds * 1000);
  return {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    padding: [18, 8, 0, 0],
    scales: { x: { time: false }, y: { range: (_, low, high) => rangeOf(definition, low, high) } },
    axes: [
      { ...axis, grid: { show: false }, size: 32, space: 70, values: (_, splits) => splits.map(tick) },
      {
        ...axis,
        grid: { stroke: colour.line, width: 1 },
        size: 64,
        values: (_, splits) => splits.map((value) => kpiText(definition.unit, value)),
      },
    ],
    series: [
      {},
      ...lines.map((_, index) => {
        const look = LOOKS[index % LOOKS.length] ?? LOOKS[0];
        const stroke = colour[look.ink];
        return {
          stroke,
          width: look.width,
          ...(look.dash.length > 0 && { dash: [...look.dash] }),
          points: { show: true, size: index === 0 ? 6 : 5, fill: stroke, stroke },
        };
      }),
    ],
    hooks: {
      drawClear: [(plot) => drawBands(plot, input, colour)],
      draw: [(plot) => drawMarks(plot, input, colour)],
    },
  };
}

/** Shares and counts stand on zero; other values have a little room around. */
function rangeOf({ unit }: Definition, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  if (unit === "ratio") return [0, Math.min(1, Math.max(high * 1.15, 0.1))];
  return [0, high * 1.15 || 1];
}
