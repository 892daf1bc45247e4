import { Badge } from "./badge.tsx";
import { classNames } from "./class-names.ts";

export interface HeardTurn {
  readonly by: string;
  readonly text: string;
  readonly startMs: number;
  /** End of the other side's words to the first sound of these; null where it answers nothing. */
  readonly latencyMs: number | null;
  readonly wasInterrupted: boolean;
}

export interface HeardTurnsProps {
  readonly turns: readonly HeardTurn[];
  /** Answers that took longer stand out; null: none does. */
  readonly targetMs?: number | null;
}

/** Both sides' words as they were heard on the line, and how long answers took. */
export const HeardTurns = ({ turns, targetMs = null }: HeardTurnsProps) => (
  <ol aria-label="What was heard" className="grid gap-1.5">
    {turns.map(({ by, text, startMs, latencyMs, wasInterrupted }) => (
      <li
        key={`${by} ${startMs}`}
        className="grid grid-cols-[3.25rem_4rem_minmax(0,1fr)] gap-x-3 sm:grid-cols-[3.25rem_4rem_minmax(0,1fr)_auto]"
      >
        <span className="text-right text-sm text-ink-faint tabular-nums">{(startMs / 1000).toFixed(1)} s</span>
        <span className={classNames("text-sm", by === "agent" ? "font-medium" : "text-ink-soft")}>{by}</span>
        <span>
          {text} {wasInterrupted && <Badge tone="warn">interrupted</Badge>}
        </span>
        <span
          className={classNames(
            "text-sm tabular-nums max-sm:col-start-3",
            latencyMs !== null && targetMs !== null && latencyMs > targetMs ? "font-medium text-bad" : "text-ink-faint",
          )}
        >
          {latencyMs !== null && `after ${Math.round(latencyMs)} ms`}
        </span>
      </li>
    ))}
  </ol>
);
