import { counted } from "@tandem/kernel";
import type { ReplayPolicy } from "./replay-policy.ts";
import type { ReplayComparison, ReplayReport } from "./replay-report.ts";

/** What was replayed of what was chosen. */
export interface Replayed {
  readonly before: string;
  readonly after: string;
  /** How many sessions were chosen. */
  readonly chosen: number;
  readonly comparisons: readonly ReplayComparison[];
}

/**
 * Counts, shares and the verdict of a policy. Sessions of which none could be compared although there were some are no pass: the verdict
 * is `differs`, and the detail says why.
 */
export function summedReplay({ before, after, chosen, comparisons }: Replayed, policy: ReplayPolicy): ReplayReport {
  const count = (verdict: ReplayComparison["verdict"]) => comparisons.filter((each) => each.verdict === verdict).length;
  const differing = count("differs");
  const compared = differing + count("same");
  const differingShare = compared === 0 ? 0 : differing / compared;
  const isCounted = ({ verdict }: ReplayComparison) => verdict === "same" || verdict === "differs";
  const counts = {
    sessions: chosen,
    compared,
    differing,
    differingShare,
    unsteady: comparisons.filter((each) => isCounted(each) && each.isUnsteady).length,
    notRecorded: count("not-recorded"),
    failed: count("failed"),
    notRun: chosen - comparisons.length,
  };
  const isOver = differingShare > policy.maxDifferingShare;
  const verdict = chosen === 0 ? "nothing" : compared === 0 || isOver ? "differs" : "same";
  return { before, after, verdict, detail: detailOf(counts, policy), ...counts };
}

type Counts = Omit<ReplayReport, "before" | "after" | "verdict" | "detail">;

function detailOf(counts: Counts, { maxDifferingShare }: ReplayPolicy): string {
  if (counts.sessions === 0) return "there are no past sessions to replay";
  const apart = [
    counts.notRecorded > 0 && `${counts.notRecorded} asked for what was not recorded`,
    counts.failed > 0 && `${counts.failed} could not be replayed`,
    counts.notRun > 0 && `${counts.notRun} were not begun in time`,
  ].filter((part) => part !== false);
  const rest = apart.length === 0 ? "" : `; ${apart.join(", ")}`;
  if (counts.compared === 0) return `none of ${counted(counts.sessions, "session")} could be compared${rest}`;
  const most = Math.round(maxDifferingShare * 1000) / 10;
  const noise = `the live release differs from itself in ${counts.unsteady}`;
  const ends = counts.differing === 1 ? "ends" : "end";
  return `${counts.differing} of ${counted(counts.compared, "session")} ${ends} differently, ${most} % at most; ${noise}${rest}`;
}

/** Nothing can be replayed between two releases, and why. */
export const notReplayable = (before: string, after: string, detail: string): ReplayReport => ({
  before,
  after,
  verdict: "nothing",
  detail,
  sessions: 0,
  compared: 0,
  differing: 0,
  differingShare: 0,
  unsteady: 0,
  notRecorded: 0,
  failed: 0,
  notRun: 0,
});
