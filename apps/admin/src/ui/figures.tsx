import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface Figure {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: "bad" | "good" | undefined;
}

/** A few numbers that tell most of it, beside each other. */
export const Figures = ({ figures }: { readonly figures: readonly Figure[] }) => (
  <dl className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-px overflow-hidden rounded-lg border border-line bg-line">
    {figures.map(({ label, value, note, tone }) => (
      <div key={label} className="grid content-start gap-0.5 bg-surface px-4 py-3">
        <dt className="text-sm text-ink-faint">{label}</dt>
        <dd
          className={classNames(
            "text-lg font-semibold tabular-nums",
            tone === "bad" && "text-bad",
            tone === "good" && "text-good",
          )}
        >
          {value}
        </dd>
        <dd className="min-h-5 text-sm text-ink-faint">{note}</dd>
      </div>
    ))}
  </dl>
);
