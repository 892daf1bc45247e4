import type { Schemas } from "../../api/generated/schema.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Sparkline } from "./sparkline.tsx";
import { healthTones, type StackHealth, type StackName } from "./words.ts";

type Figure = Schemas["HealthFigure"];
type Series = Schemas["HealthSeries"];

interface StackFiguresProps {
  readonly stack: StackName;
  readonly health: StackHealth;
  /** Undefined while it is read, or where it could not be. */
  readonly series: Series | undefined;
}

/** The figures that judge a stack, with what is too much and how each went. */
export const StackFigures = ({ stack, health, series }: StackFiguresProps) => (
  <ul aria-label={`Figures of ${stack}`} className="divide-y divide-line rounded-lg border border-line">
    {health.figures.map((figure) => (
      <li key={figure.name} className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-0.5 px-3 py-2">
        <div className="min-w-0">
          <StatusDot tone={healthTones[figure.word]}>
            <span className="whitespace-normal">{capital(figure.meaning)}</span>
          </StatusDot>
          <p className="pl-5 text-sm text-ink-faint">
            <span className="tabular-nums">{amount(figure)}</span> · {limits(figure)}
          </p>
        </div>
        <Sparkline
          label={figure.meaning}
          points={pointsOf(series, stack, figure.name)}
          thresholds={[figure.degradedAbove, figure.failingAbove]}
        />
      </li>
    ))}
  </ul>
);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

const amount = ({ count, of, unit }: Figure): string =>
  of === 0 ? "nothing seen" : `${count} of ${of} ${unit} (${percent(count / of)})`;

function limits({ degradedAbove, failingAbove, failingFrom, unit }: Figure): string {
  const degraded = degradedAbove === 0 ? "degraded from the first" : `degraded above ${percent(degradedAbove)}`;
  if (failingAbove > 1) return degraded;
  const least = failingFrom > 1 ? ` from ${failingFrom} ${unit} on` : "";
  return `${degraded}, failing above ${percent(failingAbove)}${least}`;
}

function pointsOf(series: Series | undefined, stack: StackName, name: Figure["name"]): readonly (number | null)[] {
  return (series?.windows ?? []).map(({ stacks }) => {
    const figure = stacks.find((each) => each.stack === stack)?.figures.find((each) => each.name === name);
    return figure === undefined || figure.of === 0 ? null : figure.count / figure.of;
  });
}
