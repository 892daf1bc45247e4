import { useZone } from "../../ui/time.tsx";
import { classNames } from "../../ui/class-names.ts";
import { type Definition, KPI_NAMES, kpiText } from "./kpi-words.ts";
import { keyOf, LEAST_CALLS, type Line, type Point, rowsOf, type Series, shortLabel } from "./series.ts";

interface KpiTableProps {
  readonly definition: Definition;
  readonly series: Series;
  readonly lines: readonly Line[];
}

/** The chart's figures, bucket by bucket, each with the calls it rests on. */
export function KpiTable({ definition, series, lines }: KpiTableProps) {
  const zone = useZone();
  const { formula, unit } = definition;
  const rows = rowsOf(series, lines, formula);
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    ...(series.step === "hour"
      ? { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }
      : { weekday: "short", day: "numeric", month: "short" }),
  });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div tabIndex={0} role="region" aria-label={`Figures of ${KPI_NAMES[formula]}`} className="max-h-80 overflow-auto">
      <table className="w-full border-collapse text-left text-sm">
        <caption className="sr-only">
          {KPI_NAMES[formula]} by {series.step} and release; in brackets the calls it rests on
        </caption>
        <thead className="sticky top-0 bg-surface">
          <tr className="h-8 border-b border-line text-ink-faint">
            <th scope="col" className="pr-3 font-medium">
              {series.step === "week" ? "Week of" : series.step === "day" ? "Day" : "Hour"}
            </th>
            {lines.map((line) => (
              <th
                key={keyOf(line)}
                scope="col"
                className="pl-3 text-right font-medium whitespace-nowrap"
                title={keyOf(line)}
              >
                {shortLabel(line)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ bucket, from, isComplete, points }) => (
            <tr key={bucket} className="h-8 border-b border-line last:border-b-0">
              <th scope="row" className="pr-3 font-normal whitespace-nowrap">
                <time dateTime={from}>{format.format(new Date(from))}</time>
                {!isComplete && <span className="text-ink-faint"> so far</span>}
              </th>
              {lines.map((line, index) => (
                <Figure key={keyOf(line)} point={points[index]} unit={unit} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p className="py-6 text-center text-ink-faint">No call that this KPI can be counted from.</p>
      )}
    </div>
  );
}

function Figure({ point, unit }: { readonly point: Point | undefined; readonly unit: Definition["unit"] }) {
  if (point === undefined) return <td className="pl-3 text-right text-ink-faint">–</td>;
  const areFew = point.sampleSize < LEAST_CALLS;
  return (
    <td className={classNames("pl-3 text-right whitespace-nowrap tabular-nums", areFew && "text-ink-faint")}>
      {kpiText(unit, point.value)} <span className="text-ink-faint">({point.sampleSize})</span>
      {areFew && (
        <abbr title="Too few calls" className="no-underline">
          {" "}
          *
        </abbr>
      )}
    </td>
  );
}
