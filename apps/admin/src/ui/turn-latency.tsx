import type { Schemas } from "../api/generated/schema.ts";
import { AnswerLegend, AnswerTime, mostOf } from "./answer-time.tsx";

type TurnParts = Schemas["RolloutSmoke"]["scenarios"][number]["latency"][number];

interface TurnLatencyProps {
  readonly latency: readonly TurnParts[];
  readonly targetMs: number | null;
}

/** Where the time of each answer went, on one scale, with the target across. */
export function TurnLatency({ latency, targetMs }: TurnLatencyProps) {
  const mostMs = mostOf(latency, targetMs);
  return (
    <div className="grid gap-3">
      <p className="font-medium">Where the time of each answer went</p>
      <ol className="grid gap-2">
        {latency.map((turn) => (
          <li key={turn.turn} className="grid grid-cols-[3.25rem_minmax(0,1fr)_4.5rem] items-center gap-x-3">
            <span className="text-right text-sm text-ink-faint tabular-nums">{turn.turn}</span>
            <AnswerTime
              label={`Turn ${turn.turn}, ${turn.callerText}`}
              latency={turn}
              mostMs={mostMs}
              targetMs={targetMs}
            />
          </li>
        ))}
      </ol>
      <div className="pl-16">
        <AnswerLegend targetMs={targetMs} />
      </div>
    </div>
  );
}
