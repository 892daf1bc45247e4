import { type KeyboardEvent, useEffect, useRef } from "react";
import { Duration } from "../../ui/amount.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { type Stage, STAGE_TONES, STAGE_WORDS, type StageName, STATE_WORDS } from "./stages.ts";
import { useNow } from "../../ui/use-now.ts";

interface StageRailProps {
  readonly stages: readonly Stage[];
  readonly chosen: StageName;
  readonly onChoose: (name: StageName) => void;
}

const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowRight: (at, count) => Math.min(at + 1, count - 1),
  ArrowLeft: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** The stages in their order, with where the rollout is; one is looked at. */
export function StageRail({ stages, chosen, onChoose }: StageRailProps) {
  const rail = useRef<HTMLDivElement>(null);
  const at = stages.findIndex(({ name }) => name === chosen);
  useEffect(() => {
    const tab = rail.current?.querySelector<HTMLElement>("[aria-selected=true]");
    const box = rail.current;
    if (tab != null && box !== null) box.scrollLeft = tab.offsetLeft - box.clientWidth / 2 + tab.clientWidth / 2;
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = MOVES[event.key]?.(at, stages.length);
    const next = to === undefined ? undefined : stages[to];
    if (to === undefined || next === undefined) return;
    event.preventDefault();
    onChoose(next.name);
    rail.current?.querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
  };
  return (
    <div
      ref={rail}
      role="tablist"
      aria-label="Stages"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="relative flex overflow-x-auto rounded-lg border border-line bg-surface"
    >
      {stages.map((stage) => (
        <button
          key={stage.name}
          type="button"
          role="tab"
          id={`stage-${stage.name}`}
          aria-controls="stage-view"
          aria-selected={stage.name === chosen}
          tabIndex={stage.name === chosen ? 0 : -1}
          onClick={() => onChoose(stage.name)}
          className="min-w-fit flex-1 border-b-2 border-l border-l-line border-b-transparent px-2.5 py-2.5 text-left first:border-l-0 hover:bg-hover focus-visible:-outline-offset-2 aria-selected:border-b-ink aria-selected:bg-hover"
        >
          <span
            className={classNames("block text-sm font-medium whitespace-nowrap", isQuiet(stage) && "text-ink-faint")}
          >
            <StatusDot tone={STAGE_TONES[stage.state]}>{STAGE_WORDS[stage.name]}</StatusDot>
          </span>
          <span className="block pl-5 text-sm whitespace-nowrap text-ink-faint">
            <Spent stage={stage} />
            <span className="sr-only">{STATE_WORDS[stage.state]}</span>
          </span>
        </button>
      ))}
    </div>
  );
}

const isQuiet = ({ state }: Stage): boolean => state === "ahead" || state === "not-needed";

function Spent({ stage: { state, beganAt, endedAt, spentMs } }: { readonly stage: Stage }) {
  const isRunning = beganAt !== null && endedAt === null;
  const now = useNow(isRunning);
  if (beganAt === null) return <>{"– "}</>;
  if (state === "not-needed" && spentMs < 1000) return <>not needed </>;
  return (
    <>
      <Duration ms={isRunning ? wholeSeconds(now - beganAt) : spentMs} />{" "}
    </>
  );
}

const wholeSeconds = (ms: number): number => Math.max(0, Math.floor(ms / 1000) * 1000);
