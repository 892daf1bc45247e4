import type { Schemas } from "../../api/generated/schema.ts";
import { classNames } from "../../ui/class-names.ts";
import { StackedBar, StackLegend } from "../../ui/stacked-bar.tsx";

type TurnParts = Schemas["RolloutSmoke"]["scenarios"][number]["latency"][number];

const PARTS = [
  ["Hearing", "transcribeMs"],
  ["End of turn", "endOfTurnMs"],
  ["Model", "modelMs"],
  ["Voice", "speechMs"],
  ["Sending", "sendMs"],
  ["Network", "networkMs"],
] as const;

interface TurnLatencyProps {
  readonly latency: readonly TurnParts[];
  readonly targetMs: number | null;
}

/** Where the time of each answer went, on one scale, with the target across. */
export function TurnLatency({ latency, targetMs }: TurnLatencyProps) {
  const most = Math.max(...latency.map(({ totalMs }) => totalMs), (targetMs ?? 0) * 1.1);
  return (
    <div className="grid gap-3">
      <p className="font-medium">Where the time of each answer went</p>
      <ol className="grid gap-2">
        {latency.map((turn) => (
          <li key={turn.turn} className="grid grid-cols-[3.25rem_minmax(0,1fr)_4.5rem] items-center gap-x-3">
            <span className="text-right text-sm text-ink-faint tabular-nums">{turn.turn}</span>
            <StackedBar
              label={`Turn ${turn.turn}, ${turn.callerText}`}
              parts={PARTS.map(([name, member]) => ({ name, value: turn[member] }))}
              most={most}
              threshold={targetMs}
              unit="ms"
            />
            <span
              className={classNames(
                "text-right text-sm tabular-nums",
                targetMs !== null && turn.totalMs > targetMs ? "font-medium text-bad" : "text-ink-soft",
              )}
            >
              {Math.round(turn.totalMs)} ms
            </span>
          </li>
        ))}
      </ol>
      <div className="pl-16">
        <StackLegend
          names={PARTS.map(([name]) => name)}
          {...(targetMs !== null && { threshold: `target ${targetMs} ms` })}
        />
      </div>
    </div>
  );
}
