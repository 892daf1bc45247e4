import { classNames } from "./class-names.ts";
import type { Tone } from "./tone.ts";

export interface MeterProps {
  readonly label: string;
  /** From 0 to `most`. */
  readonly value: number;
  readonly most: number;
  /** The words beside the bar: "3 of 5 stages". */
  readonly text: string;
  readonly tone?: Tone;
  /** A limit to mark, in the same unit. */
  readonly threshold?: number;
}

const FILLS: Readonly<Record<Tone, string>> = {
  neutral: "bg-ink-soft",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
  busy: "bg-busy",
};
const share = (value: number, most: number): string => `${most <= 0 ? 0 : Math.min(100, (value / most) * 100)}%`;

/** A share of a whole, with its words. */
export const Meter = ({ label, value, most, text, tone = "neutral", threshold }: MeterProps) => (
  <div className="grid gap-1.5">
    <div className="flex justify-between gap-3 text-sm">
      <span className="text-ink-soft">{label}</span>
      <span>{text}</span>
    </div>
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuetext={text}
      className="relative h-2 rounded-full bg-line"
    >
      <div className={classNames("h-full rounded-full", FILLS[tone])} style={{ width: share(value, most) }} />
      {threshold !== undefined && (
        <div className="absolute -top-1 h-4 w-0.5 bg-ink" style={{ left: share(threshold, most) }} />
      )}
    </div>
  </div>
);
