import { counted } from "@tandem/kernel";
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

interface RolloutTimelineProps {
  readonly tenant: string;
  readonly log: EventLog;
  readonly reasons: ReasonMap;
  /** False while the stream is on its way back. */
  readonly isFollowed: boolean;
  readonly hasEnded: boolean;
}

/** Everything that happened, newest first, as it happens. */
export function RolloutTimeline({ tenant, log, reasons, isFollowed, hasEnded }: RolloutTimelineProps) {
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
          <Timeline label="Timeline" moments={entriesOf(log).map((entry) => momentOf(entry, reasons, tenant))} />
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

function momentOf({ kind, key, events }: Entry, reasons: ReasonMap, tenant: string): Moment {
  const last = events.at(-1);
  const at = <Time at={last?.at ?? null} show="absolute" />;
  if (kind === "operations") {
    const title = `${counted(events.length, "operation")} done`;
    return { key, tone: "good", title, at, children: <Addresses events={events} /> };
  }
  if (kind === "findings") return { key, at, ...foundBy(events) };
  const { title, tone, detail } = told(events[0], reasons, tenant);
  return { key, tone, title, at, children: detail };
}

/** The first and the last object that was written. */
function Addresses({ events }: { readonly events: EventLog }) {
  const addresses = [...new Set([events[0], events.at(-1)].map((event) => (event ? textOf(event, "address") : "")))];
  return <span className="font-mono text-sm">{addresses.join(" … ")}</span>;
}

/** Findings by how grave they are; what would stop the rollout, and what may, in words. */
function foundBy(events: EventLog): Pick<Moment, "title" | "tone" | "children"> {
  const of = (severity: string) => events.filter((event) => textOf(event, "severity") === severity);
  const [errors, warnings] = [of("error"), of("warning")];
  const counts = [
    errors.length > 0 && counted(errors.length, "error"),
    warnings.length > 0 && counted(warnings.length, "warning"),
    events.length > errors.length + warnings.length && counted(events.length - errors.length - warnings.length, "note"),
  ];
  const grave = [...errors, ...warnings];
  return {
    title: `Found: ${counts.filter(Boolean).join(", ")}`,
    tone: errors.length > 0 ? "bad" : warnings.length > 0 ? "warn" : "neutral",
    children: grave.length > 0 && (
      <ul>
        {[...countedSummaries(grave)].map(([summary, count]) => (
          <li key={summary}>{count === 1 ? summary : `${summary} (${count})`}</li>
        ))}
      </ul>
    ),
  };
}

function countedSummaries(events: EventLog): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(textOf(event, "summary"), (counts.get(textOf(event, "summary")) ?? 0) + 1);
  return counts;
}
