import { Badge } from "../../ui/badge.tsx";
import { Meter } from "../../ui/meter.tsx";
import { formatDuration } from "../../ui/time-text.ts";
import type { Tone } from "../../ui/tone.ts";
import { classNames } from "../../ui/class-names.ts";
import { Due } from "./due.tsx";
import { RequestButtons } from "./request-buttons.tsx";
import type { Watched } from "./rollout-page.tsx";
import { useNow } from "../../ui/use-now.ts";
import { DOING, readable, share, type Standing } from "./words.ts";

const EDGES: Readonly<Record<Tone, string>> = {
  neutral: "border-l-edge",
  good: "border-l-good",
  warn: "border-l-warn",
  bad: "border-l-bad",
  busy: "border-l-busy",
};

/** What goes on, why it waits, what to do next, and what one can ask for. Its height keeps room for all of it, so that nothing below moves. */
export function NowPanel(watched: Watched) {
  const { rollout, standing, reasons } = watched;
  const { reason, phase, desired, dueAt } = rollout;
  const known = reason === null ? undefined : reasons.get(reason.code);
  const detail = readable(reason?.detail ?? "");
  const isHeld = phase === "held" || known?.kind === "hold";
  const tone: Tone = isHeld || phase.startsWith("awaiting") ? "warn" : "busy";
  const wish = desired === "continue" ? null : WISHES[desired];
  return (
    <section
      aria-label="Now"
      className={classNames(
        "grid min-h-46 content-between gap-x-8 gap-y-4 rounded-lg border border-l-4 border-line bg-surface px-5 py-4 md:grid-cols-[minmax(0,1fr)_16rem]",
        EDGES[tone],
      )}
    >
      <div className="grid content-start gap-1" aria-live="polite">
        <p className="flex flex-wrap items-center gap-2 text-lg font-semibold">
          {known?.summary ?? DOING[phase] ?? "It goes on"}
          {wish != null && <Badge tone="warn">{wish}</Badge>}
        </p>
        {detail !== "" && <p className="line-clamp-3">{detail}</p>}
        <p className="text-ink-soft">
          <span className="text-ink-faint">Next: </span>
          {reason?.nextAction ?? "Nothing to do: it goes on by itself."}
        </p>
      </div>
      <div className="grid content-start md:pt-1.5">
        {standing.watch === null ? (
          <Due dueAt={dueAt} phase={phase} />
        ) : (
          <WatchMeter watch={standing.watch} weightBp={standing.pointer.weightBp} />
        )}
      </div>
      <div className="flex min-h-9 flex-wrap gap-2 md:col-span-2">
        <RequestButtons {...watched} />
      </div>
    </section>
  );
}

const WISHES: Readonly<Record<string, string>> = {
  pause: "pause asked for",
  abort: "abort asked for",
  rollback: "rollback asked for",
  promote: "promoted",
  skip: "skip asked for",
  detach: "detach asked for",
};

interface WatchMeterProps {
  readonly watch: NonNullable<Standing["watch"]>;
  readonly weightBp: number;
}

/** How far the watch is. */
function WatchMeter({ watch: { kind, startedAt, endsAt, failedChecks }, weightBp }: WatchMeterProps) {
  const now = useNow(true);
  const most = endsAt === null ? 0 : Date.parse(endsAt) - Date.parse(startedAt);
  const passed = Math.max(0, Math.min(now - Date.parse(startedAt), most));
  const left = most - passed;
  return (
    <div className="grid gap-1.5">
      <Meter
        label={kind === "bake" ? "Watch window" : `Watch at ${share(weightBp)}`}
        value={passed}
        most={most}
        tone={failedChecks > 0 ? "warn" : "busy"}
        text={left > 0 ? `${formatDuration(Math.ceil(left / 1000) * 1000)} left` : "window is over"}
      />
      <p className="text-sm text-ink-faint">
        {failedChecks === 0 ? "Checks of its objects and its ingress pass" : `${failedChecks} failed in a row`}
      </p>
    </div>
  );
}
