import type { Schemas } from "../../api/generated/schema.ts";
import { Badge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";

type Turn = NonNullable<Schemas["TestCall"]["result"]>["turns"][number];

/** Both sides' words as they were heard on the line, and how long answers took. */
export const Heard = ({ turns }: { readonly turns: readonly Turn[] }) => (
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
        <span className="text-sm text-ink-faint tabular-nums max-sm:col-start-3">
          {latencyMs !== null && `after ${Math.round(latencyMs)} ms`}
        </span>
      </li>
    ))}
  </ol>
);
