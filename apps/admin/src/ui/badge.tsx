import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import type { Tone } from "./tone.ts";

const FILLS: Readonly<Record<Tone, string>> = {
  neutral: "bg-hover text-ink-soft",
  good: "bg-good-fill text-good",
  warn: "bg-warn-fill text-warn",
  bad: "bg-bad-fill text-bad",
  busy: "bg-busy-fill text-busy",
};
const INKS: Readonly<Record<Tone, string>> = {
  neutral: "text-ink-faint",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
  busy: "text-busy",
};

/** A word with the colour of its tone. */
export const Badge = ({ tone = "neutral", children }: { readonly tone?: Tone; readonly children: ReactNode }) => (
  <span
    className={classNames(
      "inline-flex h-6 items-center gap-1.5 rounded-md px-2 text-sm font-medium whitespace-nowrap",
      FILLS[tone],
    )}
  >
    {children}
  </span>
);

/** Each tone has a shape of its own, so that it is told without its colour. */
const SHAPES: Readonly<Record<Tone, ReactNode>> = {
  neutral: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" />,
  good: <path d="m2 6.5 2.8 2.8L10 3.5" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  warn: <path d="M6 1 11.5 11H.5z" fill="currentColor" />,
  bad: <path d="m2.5 2.5 7 7m0-7-7 7" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" />
    </>
  ),
};

/** A state in a row: shape, colour and word. */
export const StatusDot = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => (
  <span className="inline-flex items-center gap-2 whitespace-nowrap">
    <svg viewBox="0 0 12 12" className={classNames("size-3 shrink-0", INKS[tone])} aria-hidden="true">
      {SHAPES[tone]}
    </svg>
    {children}
  </span>
);
