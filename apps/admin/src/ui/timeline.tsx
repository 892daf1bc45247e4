import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import type { Tone } from "./tone.ts";

export interface Moment {
  readonly key: string;
  readonly title: ReactNode;
  readonly tone: Tone;
  /** When, on the right; a `Time`. */
  readonly at?: ReactNode;
  readonly children?: ReactNode;
}

const MARKS: Readonly<Record<Tone, string>> = {
  neutral: "border-edge bg-surface",
  good: "border-good bg-good",
  warn: "border-warn bg-warn rounded-none rotate-45",
  bad: "border-bad bg-bad rounded-none",
  busy: "border-busy bg-surface animate-pulse",
};

/** What happened, in order. */
export const Timeline = ({ label, moments }: { readonly label: string; readonly moments: readonly Moment[] }) => (
  <ol aria-label={label}>
    {moments.map(({ key, title, tone, at, children }) => (
      <li key={key} className="group relative flex gap-3 pb-5 last:pb-0">
        <span aria-hidden="true" className="absolute top-5 bottom-0 left-[5px] w-px bg-line group-last:hidden" />
        <span
          aria-hidden="true"
          className={classNames("mt-1.5 size-[11px] shrink-0 rounded-full border-2", MARKS[tone])}
        />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="font-medium">{title}</span>
            {at !== undefined && <span className="text-sm text-ink-faint">{at}</span>}
          </div>
          {children !== undefined && <div className="mt-1 text-ink-soft">{children}</div>}
        </div>
      </li>
    ))}
  </ol>
);
