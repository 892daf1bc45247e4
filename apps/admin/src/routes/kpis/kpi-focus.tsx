import { counted } from "@tandem/kernel";
import { lazy, Suspense } from "react";
import { Card, Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { LOOKS } from "./chart-parts.ts";
import { DefinitionText } from "./kpi-tiles.tsx";
import { KpiTable } from "./kpi-table.tsx";
import type { Span } from "./kpi-choices.ts";
import { type Definition, KPI_NAMES } from "./kpi-words.ts";
import { keyOf, LEAST_CALLS, type Line, lineLabel, type Series } from "./series.ts";

/** The drawing library comes with the chart. */
const KpiChart = lazy(() => import("./kpi-chart.tsx").then(({ KpiChart: chart }) => ({ default: chart })));

interface KpiFocusProps {
  readonly definition: Definition;
  readonly series: Series;
  readonly lines: readonly Line[];
  readonly span: Span;
}

/** One KPI over time: drawn, and in figures. */
export const KpiFocus = ({ definition, series, lines, span }: KpiFocusProps) => (
  <Section title={KPI_NAMES[definition.formula]}>
    <Card>
      <div className="grid gap-4">
        <p className="max-w-[80ch] text-ink-soft">
          <DefinitionText definition={definition} span={span} />
        </p>
        <div className="grid gap-x-8 gap-y-4 xl:grid-cols-[minmax(0,1fr)_25rem]">
          <figure className="grid min-w-0 content-start gap-3">
            <Suspense fallback={<Skeleton height="17.5rem" />}>
              <KpiChart definition={definition} series={series} lines={lines} />
            </Suspense>
            <figcaption>
              <Legend lines={lines} leftOut={series.linesLeftOut + series.lines.length - lines.length} />
            </figcaption>
          </figure>
          <KpiTable definition={definition} series={series} lines={lines} />
        </div>
        <p className="text-sm text-ink-faint">
          In brackets: the calls that a figure rests on. * fewer than {LEAST_CALLS}, too few to tell. Times are of{" "}
          {series.timeZone}.
        </p>
      </div>
    </Card>
  </Section>
);

const Legend = ({ lines, leftOut }: { readonly lines: readonly Line[]; readonly leftOut: number }) => (
  <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-soft">
    {lines.map((line, index) => {
      const look = LOOKS[index % LOOKS.length] ?? LOOKS[0];
      const ink = { ink: "stroke-ink", soft: "stroke-ink-soft", edge: "stroke-edge" }[look.ink];
      return (
        <li key={keyOf(line)} className="flex items-center gap-2">
          <svg viewBox="0 0 28 8" className="h-2 w-7" aria-hidden="true">
            <line
              x1="0"
              x2="28"
              y1="4"
              y2="4"
              className={ink}
              strokeWidth={look.width}
              strokeDasharray={look.dash.join(" ")}
            />
          </svg>
          {lineLabel(line)}
          <span className="text-ink-faint">{counted(line.calls, "call")}</span>
        </li>
      );
    })}
    <li className="flex items-center gap-2">
      <span aria-hidden="true" className="h-3 border-l-2 border-ink-soft" />
      switch
    </li>
    <li className="flex items-center gap-2">
      <span aria-hidden="true" className="h-3 border-l-2 border-dashed border-ink-soft" />
      way back
    </li>
    {leftOut > 0 && <li className="text-ink-faint">{leftOut} more, in the CSV</li>}
  </ul>
);
