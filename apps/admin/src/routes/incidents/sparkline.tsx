/** A share of one window, 0 to 1; null: nothing in the window speaks of it. */
export type Point = number | null;

interface SparklineProps {
  /** What is shown; read out with its latest value. */
  readonly label: string;
  /** Oldest first. */
  readonly points: readonly Point[];
  /** Shares above which the stack is degraded and failing. */
  readonly thresholds: readonly [degraded: number, failing: number];
}

const WIDTH = 96;
const HEIGHT = 24;
const PAD = 2;

/** A figure over time with its thresholds; gaps stay gaps. */
export function Sparkline({ label, points, thresholds }: SparklineProps) {
  const known = points.filter((point) => point !== null);
  const top = Math.max(thresholds[1] <= 1 ? thresholds[1] * 1.5 : 0, ...known, 0.02);
  const x = (index: number): number => PAD + (index * (WIDTH - 2 * PAD)) / Math.max(1, points.length - 1);
  const y = (share: number): number => HEIGHT - PAD - (Math.min(share, top) / top) * (HEIGHT - 2 * PAD);
  return (
    <svg
      role="img"
      aria-label={`${label}: ${describe(points)}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="h-6 w-24 shrink-0 overflow-visible"
    >
      {thresholds.map((threshold, index) =>
        threshold > top ? null : (
          <line
            key={index}
            x1={0}
            x2={WIDTH}
            y1={y(threshold)}
            y2={y(threshold)}
            strokeDasharray={index === 0 ? "2 3" : "none"}
            className={index === 0 ? "stroke-warn" : "stroke-bad"}
            strokeWidth={0.75}
            opacity={0.7}
          />
        ),
      )}
      {runsOf(points).map((run) =>
        run.length === 1 ? (
          <circle
            key={run[0]?.index}
            cx={x(run[0]?.index ?? 0)}
            cy={y(run[0]?.share ?? 0)}
            r={1.6}
            className="fill-ink"
          />
        ) : (
          <polyline
            key={run[0]?.index}
            points={run.map(({ index, share }) => `${x(index)},${y(share)}`).join(" ")}
            fill="none"
            className="stroke-ink"
            strokeWidth={1.5}
            strokeLinejoin="round"
          />
        ),
      )}
    </svg>
  );
}

/** Neighbouring points that are known. Exported for tests. */
export function runsOf(points: readonly Point[]): { readonly index: number; readonly share: number }[][] {
  const runs: { index: number; share: number }[][] = [];
  let run: { index: number; share: number }[] | null = null;
  for (const [index, share] of points.entries()) {
    if (share === null) run = null;
    else if (run === null) runs.push((run = [{ index, share }]));
    else run.push({ index, share });
  }
  return runs;
}

function describe(points: readonly Point[]): string {
  const known = points.filter((point) => point !== null);
  if (known.length === 0) return "nothing known";
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return `${percent(known.at(-1) ?? 0)} at last, ${percent(Math.max(...known))} at the most`;
}
