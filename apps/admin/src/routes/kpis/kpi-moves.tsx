import type { Schemas } from "../../api/generated/schema.ts";
import { Subject } from "../../shell/subject.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Section } from "../../ui/section.tsx";
import { type Slot, SlotBadge } from "../../ui/slot-badge.tsx";
import { Time } from "../../ui/time.tsx";
import type { Tone } from "../../ui/tone.ts";
import { lineLabel, type Series } from "./series.ts";

type Move = Schemas["KpiSeriesMove"];

const TONES: Readonly<Record<string, Tone>> = { switch: "good", rollback: "warn", divert: "warn", resume: "good" };
const MOST = 12;

/** The pointer's moves of the span: what the marks in the chart stand for. */
export function KpiMoves({ tenant, series }: { readonly tenant: string; readonly series: Series }) {
  const { moves, lines } = series;
  if (moves.length === 0) return null;
  const shown = moves.slice(-MOST).toReversed();
  return (
    <Section title="Moves of the pointer">
      <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
        {shown.map((move) => (
          <li
            key={`${move.deploymentId} ${move.generation} ${move.at}`}
            className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-1.5"
          >
            <span className="w-28">
              <StatusDot tone={TONES[move.cause] ?? "neutral"}>{move.cause}</StatusDot>
            </span>
            {move.active === "none" ? (
              <span className="text-ink-faint">none</span>
            ) : (
              <SlotBadge slot={move.active as Slot} />
            )}
            <span className="min-w-0 flex-1">{releaseOf(move, lines)}</span>
            <span className="text-sm text-ink-faint">
              <Time at={move.at} show="absolute" /> · <Subject tenant={tenant} of={move.actor} />
            </span>
            {move.rolloutId !== null && (
              <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: move.rolloutId }} className="text-sm">
                rollout
              </Link>
            )}
          </li>
        ))}
      </ol>
      {moves.length > MOST && (
        <p className="text-sm text-ink-faint">{moves.length - MOST} earlier ones are marked in the chart.</p>
      )}
    </Section>
  );
}

function releaseOf({ release }: Move, lines: Series["lines"]): string {
  if (release === null) return "";
  const line = lines.find((each) => each.release === release);
  return line === undefined ? release.replace(/^sha256:/, "").slice(0, 8) : lineLabel(line);
}
