import { counted } from "@tandem/kernel";
import { Info } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { Badge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Tooltip } from "../../ui/tooltip.tsx";
import { type Formula, FORMULAS, SPAN_WORDS, type Span } from "./kpi-choices.ts";
import {
  type Definition,
  differenceText,
  directionWords,
  isBetter,
  KPI_NAMES,
  kpiText,
  unitWords,
} from "./kpi-words.ts";
import { LEAST_CALLS, type Line, overSpan, pointsOf, shortLabel, type Total } from "./series.ts";

interface KpiTilesProps {
  readonly definitions: readonly Definition[];
  /** What takes calls now, and what did before. */
  readonly current: Line | undefined;
  readonly previous: Line | undefined;
  readonly chosen: Formula;
  readonly span: Span;
}

/** Each KPI over the whole span: what takes calls now, held against what did before. One is chosen for the chart. */
export const KpiTiles = ({ definitions, current, previous, chosen, span }: KpiTilesProps) => (
  <ul className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-4">
    {definitions.map((definition) => (
      <KpiTile
        key={definition.formula}
        definition={definition}
        now={overSpan(pointsOf(current, definition.formula), definition.unit)}
        before={previous === undefined ? null : overSpan(pointsOf(previous, definition.formula), definition.unit)}
        isChosen={definition.formula === chosen}
        span={span}
      />
    ))}
    <li className="grid content-start gap-1 bg-surface px-4 py-3">
      <span className="flex min-h-7 items-center text-sm text-ink-faint">Calls</span>
      <span className="text-lg font-semibold tabular-nums">{current?.calls ?? 0}</span>
      <span className="text-sm text-ink-faint">
        {current === undefined ? "nobody has called" : `answered by ${shortLabel(current)}`}
        {previous !== undefined && (
          <span className="block">
            before {previous.calls} by {shortLabel(previous)}
          </span>
        )}
      </span>
    </li>
  </ul>
);

interface KpiTileProps {
  readonly definition: Definition;
  readonly now: Total;
  readonly before: Total | null;
  readonly isChosen: boolean;
  readonly span: Span;
}

function KpiTile({ definition, now, before, isChosen, span }: KpiTileProps) {
  const { formula, unit, goodDirection } = definition;
  const difference = unit === "count" ? null : differenceText(unit, now.value, before?.value ?? null);
  const better = unit === "count" ? null : isBetter(goodDirection, now.value, before?.value ?? null);
  const areFew = now.sampleSize < LEAST_CALLS || (before !== null && before.sampleSize < LEAST_CALLS);
  return (
    <li
      className={classNames(
        "relative grid content-start gap-1 px-4 py-3 focus-within:z-10 hover:bg-hover",
        isChosen ? "bg-hover shadow-[inset_0_-2px_0_var(--ink)]" : "bg-surface",
      )}
    >
      <span className="flex min-h-7 items-center justify-between gap-1">
        <Link
          from="/t/$tenant/d/$deployment/kpis"
          to="."
          search={(given) => ({ ...given, kpi: FORMULAS.find((each) => each === formula) })}
          replace
          resetScroll={false}
          aria-current={isChosen ? "true" : undefined}
          className="text-sm text-ink-soft after:absolute after:inset-0"
        >
          {KPI_NAMES[formula]}
        </Link>
        <span className="relative z-10">
          <DefinitionButton definition={definition} span={span} />
        </span>
      </span>
      <span className="text-lg font-semibold tabular-nums">{kpiText(unit, now.value)}</span>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-faint">
        <span>
          of {counted(now.sampleSize, "call")}
          {now.unknown > 0 && `, ${now.unknown} not priced`}
        </span>
        {now.sampleSize < LEAST_CALLS && <Badge tone="warn">too few calls</Badge>}
      </span>
      {before !== null && (
        <span className="text-sm text-ink-faint">
          before {kpiText(unit, before.value)} of {before.sampleSize}
          {difference !== null && (
            <span
              className={classNames(
                "block whitespace-nowrap tabular-nums",
                !areFew && better === true && "text-good",
                !areFew && better === false && "text-bad",
              )}
            >
              {difference}
              {!areFew && better !== null && (better ? " ▲ better" : " ▼ worse")}
            </span>
          )}
        </span>
      )}
    </li>
  );
}

/** Formula, unit, window and direction, on hover and focus. */
function DefinitionButton({ definition, span }: { readonly definition: Definition; readonly span: Span }) {
  const { formula } = definition;
  return (
    <Tooltip text={<DefinitionText definition={definition} span={span} />}>
      <button
        type="button"
        aria-label={`What ${KPI_NAMES[formula]} means`}
        className="inline-flex size-7 items-center justify-center rounded-md text-ink-faint hover:bg-sunken hover:text-ink"
      >
        <Info className="size-4" aria-hidden="true" />
      </button>
    </Tooltip>
  );
}

export const DefinitionText = ({ definition, span }: { readonly definition: Definition; readonly span: Span }) => (
  <>
    {capital(definition.meaning)}. Unit: {unitWords(definition.unit)}. Window: each point one {SPAN_WORDS[span].step},
    the figure the last {SPAN_WORDS[span].words}. {directionWords(definition.goodDirection)}.
  </>
);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
