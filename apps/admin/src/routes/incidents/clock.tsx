import { StatusDot } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatDuration } from "../../ui/time-text.ts";
import type { Tone } from "../../ui/tone.ts";
import { clockText, useSeconds } from "./seconds.ts";

export interface ClockSpan {
  readonly startedAt: string | null;
  readonly dueAt: string | null;
  /** When it stopped; null while it runs. */
  readonly endedAt: string | null;
}

/** Below this share of its time a clock warns. */
const NEAR = 0.25;

interface ClockState {
  readonly text: string;
  readonly tone: Tone;
  /** Share of its time that has gone, 0 to 1. */
  readonly share: number;
}

/** What a clock shows at a moment, null while it has not begun. */
export function clockAt({ startedAt, dueAt, endedAt }: ClockSpan, nowMs: number): ClockState | null {
  if (startedAt === null || dueAt === null) return null;
  const [start, due] = [Date.parse(startedAt), Date.parse(dueAt)];
  const at = endedAt === null ? nowMs : Date.parse(endedAt);
  const [left, whole] = [due - at, due - start];
  const share = Math.min(1, Math.max(0, (at - start) / whole));
  if (endedAt !== null) {
    const isLate = left < 0;
    const took = `took ${formatDuration(Math.max(0, at - start))}`;
    return {
      text: isLate ? `${took}, ${formatDuration(-left)} too long` : took,
      tone: isLate ? "warn" : "good",
      share,
    };
  }
  if (left < 0) return { text: `${clockText(left)} over`, tone: "bad", share };
  return { text: `${clockText(left)} left`, tone: left < whole * NEAR ? "warn" : "busy", share };
}

/** A running clock in a cell or a row. */
export function Clock({ span, idle = "–" }: { readonly span: ClockSpan; readonly idle?: string }) {
  const state = clockAt(span, useSeconds());
  if (state === null) return <span className="text-ink-faint">{idle}</span>;
  return (
    <StatusDot tone={state.tone}>
      <span className="tabular-nums">{state.text}</span>
    </StatusDot>
  );
}

const INKS: Readonly<Record<Tone, string>> = {
  neutral: "text-ink",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
  busy: "text-ink",
};
const FILLS: Readonly<Record<Tone, string>> = {
  neutral: "bg-ink-soft",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
  busy: "bg-busy",
};

/** A clock that is looked at from across the room: what it is for, how much is left, how much has gone. */
export function BigClock({
  label,
  limit,
  span,
}: {
  readonly label: string;
  readonly limit: string;
  readonly span: ClockSpan;
}) {
  const state = clockAt(span, useSeconds());
  return (
    <div className="grid content-start gap-1.5">
      <p className="text-sm text-ink-faint">{label}</p>
      <p
        role="timer"
        aria-label={label}
        className={classNames(
          "text-xl font-semibold tabular-nums",
          state === null ? "text-ink-faint" : INKS[state.tone],
        )}
      >
        {state?.text ?? "not running"}
      </p>
      <div aria-hidden="true" className="h-1.5 rounded-full bg-line">
        <div
          className={classNames("h-full rounded-full", FILLS[state?.tone ?? "neutral"])}
          style={{ width: `${(state?.share ?? 0) * 100}%` }}
        />
      </div>
      <p className="text-sm text-ink-faint">{limit}</p>
    </div>
  );
}
