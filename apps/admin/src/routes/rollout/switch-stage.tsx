import { EmptyState } from "../../ui/states.tsx";
import { SlotBadge, type Slot } from "../../ui/slot-badge.tsx";
import { Time } from "../../ui/time.tsx";
import { type RolloutEvent, numberOf, textOf } from "./event-log.ts";
import type { StageProps } from "./stage-view.tsx";
import { share } from "./words.ts";

const CAUSES: Readonly<Record<string, string>> = {
  switch: "switch",
  shift: "canary step",
  rollback: "rollback",
  attach: "first switch",
  detach: "detached",
};

/** Every move of the pointer that this rollout made. */
export function SwitchStage({ log }: StageProps) {
  const moves = log.filter(({ type }) => type === "pointer-moved");
  if (moves.length === 0)
    return (
      <EmptyState title="Not switched yet">
        One write moves new calls. Calls in progress end on the release they began on.
      </EmptyState>
    );
  return (
    <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
      {moves.map((move) => (
        <li key={move.seq} className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
          <SlotOrNone slot={textOf(move, "from")} />
          <span aria-label="to" className="text-ink-faint">
            →
          </span>
          <Target move={move} />
          <span className="text-ink-soft">{CAUSES[textOf(move, "cause")] ?? textOf(move, "cause")}</span>
          <span className="ml-auto text-sm text-ink-faint">
            generation {numberOf(move, "generation")} · <Time at={move.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Target({ move }: { readonly move: RolloutEvent }) {
  const candidate = textOf(move, "candidate");
  const weightBp = numberOf(move, "weightBp") ?? 0;
  if (candidate === "") return <SlotOrNone slot={textOf(move, "to")} />;
  return (
    <span className="flex items-center gap-2">
      {share(weightBp)} of new calls on <SlotOrNone slot={candidate} />
    </span>
  );
}

const SlotOrNone = ({ slot }: { readonly slot: string }) =>
  slot === "blue" || slot === "green" ? (
    <SlotBadge slot={slot satisfies Slot} />
  ) : (
    <span className="text-ink-faint">not attached</span>
  );
