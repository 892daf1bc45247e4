import { counted } from "@tandem/kernel";
import type { Schemas } from "../api/generated/schema.ts";
import { Duration } from "./amount.tsx";

type Turn = Schemas["RolloutSmoke"]["scenarios"][number]["turns"][number];

interface AudioLanesProps {
  readonly label: string;
  readonly turns: readonly Turn[];
  readonly durationMs: number;
  readonly longestSilenceMs: number;
}

const LANES = ["caller", "agent", "carrier"] as const;
const LANE_PX = 26;
const GAP_PX = 6;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60];

/** Who spoke when: a lane for each side, the waits before answers, and where somebody was cut short. */
export function AudioLanes({ label, turns, durationMs, longestSilenceMs }: AudioLanesProps) {
  const lanes = LANES.filter((lane) => turns.some(({ by }) => by === lane));
  const whole = Math.max(durationMs, ...turns.map(({ endMs }) => endMs), 1);
  const at = (ms: number): string => `${((ms / whole) * 100).toFixed(3)}%`;
  const top = (lane: (typeof LANES)[number]): number => lanes.indexOf(lane) * (LANE_PX + GAP_PX);
  const height = lanes.length * (LANE_PX + GAP_PX) + 18;
  const step = (STEPS_S.find((seconds) => whole / 1000 / seconds <= 9) ?? 120) * 1000;
  const ticks = Array.from({ length: Math.floor(whole / step) + 1 }, (_, index) => index * step);
  const cut = turns.filter(({ wasInterrupted }) => wasInterrupted).length;
  return (
    <figure className="grid gap-2">
      <div className="flex gap-3">
        <div
          aria-hidden="true"
          className="grid shrink-0 content-start text-sm text-ink-soft"
          style={{ rowGap: GAP_PX }}
        >
          {lanes.map((lane) => (
            <span key={lane} className="flex items-center" style={{ height: LANE_PX }}>
              {lane}
            </span>
          ))}
        </div>
        <svg
          role="img"
          aria-label={`Audio of ${label}: ${summary(turns, cut)}`}
          width="100%"
          height={height}
          className="min-w-0 flex-1 overflow-visible"
        >
          {ticks.map((ms) => (
            <g key={ms}>
              <line x1={at(ms)} x2={at(ms)} y1={0} y2={height - 16} className="stroke-line" />
              <text x={at(ms)} y={height - 3} className="fill-ink-faint text-xs tabular-nums">
                {ms / 1000} s
              </text>
            </g>
          ))}
          {lanes.map((lane) => (
            <rect key={lane} x="0" width="100%" y={top(lane)} height={LANE_PX} rx="4" className="fill-sunken" />
          ))}
          {turns.map((turn) => (
            <TurnBar key={`${turn.by} ${turn.startMs}`} turn={turn} at={at} y={top(turn.by)} />
          ))}
        </svg>
      </div>
      <figcaption className="text-sm text-ink-faint">
        Striped: the wait before an answer. Longest silence <Duration ms={longestSilenceMs} />
        {cut > 0 && `; ▼ where ${cut === 1 ? "one side was" : `sides were ${cut} times`} interrupted`}.
      </figcaption>
    </figure>
  );
}

const summary = (turns: readonly Turn[], cut: number): string =>
  `${counted(turns.length, "turn")}, ${turns.filter(({ by }) => by === "agent").length} of the agent, ${cut} interrupted`;

interface TurnBarProps {
  readonly turn: Turn;
  readonly at: (ms: number) => string;
  readonly y: number;
}

function TurnBar({ turn: { by, text, startMs, endMs, latencyMs, wasInterrupted }, at, y }: TurnBarProps) {
  const wait = latencyMs ?? 0;
  return (
    <g>
      <title>{`${by}, ${(startMs / 1000).toFixed(1)} s: ${text}`}</title>
      {wait > 0 && (
        <line
          x1={at(Math.max(0, startMs - wait))}
          x2={at(startMs)}
          y1={y + LANE_PX / 2}
          y2={y + LANE_PX / 2}
          strokeWidth={LANE_PX - 14}
          strokeDasharray="2 2"
          className="stroke-edge"
        />
      )}
      <rect
        x={at(startMs)}
        width={at(Math.max(endMs - startMs, 60))}
        y={y + 3}
        height={LANE_PX - 6}
        rx="3"
        className={by === "agent" ? "fill-ink" : "fill-edge"}
      />
      {wasInterrupted && (
        <svg x={at(endMs)} y={y} className="overflow-visible">
          <path d="M-5 0h10L0 7z" className="fill-warn" />
          <line x1="0" x2="0" y1="4" y2={LANE_PX} strokeWidth="2" className="stroke-warn" />
        </svg>
      )}
    </g>
  );
}
