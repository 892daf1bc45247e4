import { classNames } from "./class-names.ts";

export interface StackPart {
  readonly name: string;
  readonly value: number;
}

export interface StackedBarProps {
  /** What the bar is about; read out before its parts. */
  readonly label: string;
  /** In the order of the legend; parts of nothing are left out. */
  readonly parts: readonly StackPart[];
  /** What the whole width stands for, in the unit of the parts. */
  readonly most: number;
  readonly threshold?: number | null;
  readonly unit: string;
}

/** Shades that tell neighbours apart in light and dark; hue is left to states. */
const FILLS = ["bg-ink/80", "bg-ink/30", "bg-ink/60", "bg-ink/15", "bg-ink/45", "bg-ink/25"];
const fillAt = (index: number): string => FILLS[index % FILLS.length] ?? "";
const width = (value: number, most: number): string => `${most <= 0 ? 0 : Math.min(100, (value / most) * 100)}%`;

/** A whole in its parts, beside others on the same scale; a threshold stands across. */
export function StackedBar({ label, parts, most, threshold = null, unit }: StackedBarProps) {
  const shown = parts.map((part, index) => ({ ...part, fill: fillAt(index) })).filter(({ value }) => value > 0);
  const words = shown.map(({ name, value }) => `${name} ${Math.round(value)} ${unit}`).join(", ");
  return (
    <div className="relative h-4" role="img" aria-label={`${label}: ${words}`}>
      <div className="flex h-full gap-px overflow-hidden rounded-xs">
        {shown.map(({ name, value, fill }) => (
          <span
            key={name}
            title={`${name} ${Math.round(value)} ${unit}`}
            className={classNames("h-full", fill)}
            style={{ width: width(value, most) }}
          />
        ))}
      </div>
      {threshold !== null && threshold <= most && (
        <span
          className="absolute -top-1 -bottom-1 w-0 border-l-2 border-dashed border-ink"
          style={{ left: width(threshold, most) }}
        />
      )}
    </div>
  );
}

/** Which shade is which. */
export const StackLegend = ({
  names,
  threshold,
}: {
  readonly names: readonly string[];
  readonly threshold?: string;
}) => (
  <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-soft">
    {names.map((name, index) => (
      <li key={name} className="flex items-center gap-1.5">
        <span aria-hidden="true" className={classNames("size-2.5 rounded-xs", fillAt(index))} />
        {name}
      </li>
    ))}
    {threshold !== undefined && (
      <li className="flex items-center gap-1.5">
        <span aria-hidden="true" className="h-3 border-l-2 border-dashed border-ink" />
        {threshold}
      </li>
    )}
  </ul>
);
