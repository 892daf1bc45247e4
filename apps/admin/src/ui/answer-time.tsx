import { classNames } from "./class-names.ts";
import { StackedBar, StackLegend } from "./stacked-bar.tsx";

const PARTS = [
  ["Hearing", "transcribeMs"],
  ["End of turn", "endOfTurnMs"],
  ["Model", "modelMs"],
  ["Voice", "speechMs"],
  ["Sending", "sendMs"],
  ["Network", "networkMs"],
] as const;

/** Milliseconds from the end of the caller's voice to the first sound heard, in parts that add up to `totalMs`. */
export type AnswerParts = Readonly<Record<(typeof PARTS)[number][1] | "totalMs", number>>;

export interface AnswerTimeProps {
  readonly label: string;
  readonly latency: AnswerParts;
  /** What the whole width stands for, in milliseconds. */
  readonly mostMs: number;
  readonly targetMs: number | null;
}

/** What the width of all bars together stands for: the slowest answer, and the target with some room. */
export const mostOf = (answers: readonly AnswerParts[], targetMs: number | null): number =>
  Math.max(...answers.map(({ totalMs }) => totalMs), (targetMs ?? 0) * 1.1);

/** Where the time of one answer went, and how much it was; two cells of a row. */
export const AnswerTime = ({ label, latency, mostMs, targetMs }: AnswerTimeProps) => (
  <>
    <StackedBar
      label={label}
      parts={PARTS.map(([name, member]) => ({ name, value: latency[member] }))}
      most={mostMs}
      threshold={targetMs}
      unit="ms"
    />
    <span
      className={classNames(
        "text-right text-sm whitespace-nowrap tabular-nums",
        targetMs !== null && latency.totalMs > targetMs ? "font-medium text-bad" : "text-ink-soft",
      )}
    >
      {Math.round(latency.totalMs)} ms
    </span>
  </>
);

/** The names of the parts, and of the line across. */
export const AnswerLegend = ({ targetMs }: Pick<AnswerTimeProps, "targetMs">) => (
  <StackLegend names={PARTS.map(([name]) => name)} {...(targetMs !== null && { threshold: `target ${targetMs} ms` })} />
);
