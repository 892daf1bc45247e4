import { StatusDot } from "../../ui/badge.tsx";
import { Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Time } from "../../ui/time.tsx";
import { type Moment, Timeline } from "../../ui/timeline.tsx";
import type { EventLog } from "./event-log.ts";
import { textOf } from "./event-log.ts";
import { told } from "./event-words.tsx";
import { type Entry, entriesOf } from "./timeline-entries.ts";
import type { ReasonMap } from "./use-rollout.ts";
import { counted } from "./words.ts";

interface RolloutTimelineProps {
  readonly log: EventLog;
  readonly reasons: ReasonMap;
  /** False while the stream is on its way back. */
  readonly isFollowed: boolean;
  readonly hasEnded: boolean;
}

/** Everything that happened, newest first, as it happens. */
export function RolloutTimeline({ log, reasons, isFollowed, hasEnded }: RolloutTimelineProps) {
  return (
    <Section title="Timeline" actions={<Following isFollowed={isFollowed} hasEnded={hasEnded} />}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div
        role="region"
        aria-label="Timeline"
        tabIndex={0}
        className="max-h-[44rem] min-h-80 overflow-y-auto rounded-lg border border-line bg-surface p-4"
      >
        {log.length === 0 ? (
          <SkeletonLines count={5} />
        ) : (
          <Timeline label="Timeline" moments={entriesOf(log).map((entry) => momentOf(entry, reasons))} />
        )}
      </div>
    </Section>
  );
}

function Following({ isFollowed, hasEnded }: { readonly isFollowed: boolean; readonly hasEnded: boolean }) {
  if (hasEnded) return <span className="text-sm text-ink-faint">complete</span>;
  return (
    <span role="status" className="text-sm text-ink-soft">
      <StatusDot tone={isFollowed ? "good" : "warn"}>{isFollowed ? "live" : "reconnecting, nothing is lost"}</StatusDot>
    </span>
  );
}

function momentOf(entry: Entry, reasons: ReasonMap): Moment {
  if (entry.kind === "operations") {
    const { key, first, last, count } = entry;
    return {
      key,
      tone: "good",
      title: `${counted(count, "operation")} done and read back`,
      at: <Time at={last.at} show="absolute" />,
      children: (
        <span className="font-mono text-sm">
          {count === 1 ? textOf(first, "address") : `${textOf(first, "address")} … ${textOf(last, "address")}`}
        </span>
      ),
    };
  }
  const { title, tone, detail } = told(entry.event, reasons);
  return { key: entry.key, tone, title, at: <Time at={entry.event.at} show="absolute" />, children: detail };
}
