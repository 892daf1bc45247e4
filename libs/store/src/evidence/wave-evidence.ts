import { type BothFigures, noFigures, noSums, type SideFigures, type Sums } from "@tandem/domain/evidence";
import type { WaveShare } from "@tandem/ports/store/evidence";
import { json, type Sql } from "../database/sql.ts";

const FIGURES = ["booked", "selfServe", "handlingMs", "errors", "hangUps", "slow", "slower"] as const;
type Figure = (typeof FIGURES)[number];

const SHARE = `
  INSERT INTO wave_evidence (tenant_id, rollout_id, wave_id, figure, candidate_calls, candidate_sum, candidate_squares, baseline_calls,
    baseline_sum, baseline_squares)
  SELECT $1, $2, $3, figure, "candidateCalls", "candidateSum", "candidateSquares", "baselineCalls", "baselineSum", "baselineSquares"
  FROM jsonb_to_recordset($4::jsonb) AS r (figure text, "candidateCalls" float8, "candidateSum" float8, "candidateSquares" float8,
    "baselineCalls" float8, "baselineSum" float8, "baselineSquares" float8)
  ON CONFLICT (tenant_id, rollout_id, figure) DO UPDATE SET updated_at = clock_timestamp(), wave_id = excluded.wave_id,
    candidate_calls = excluded.candidate_calls, candidate_sum = excluded.candidate_sum, candidate_squares = excluded.candidate_squares,
    baseline_calls = excluded.baseline_calls, baseline_sum = excluded.baseline_sum, baseline_squares = excluded.baseline_squares`;

const POOLED = `
  SELECT figure, sum(candidate_calls) AS "candidateCalls", sum(candidate_sum) AS "candidateSum", sum(candidate_squares) AS "candidateSquares",
    sum(baseline_calls) AS "baselineCalls", sum(baseline_sum) AS "baselineSum", sum(baseline_squares) AS "baselineSquares"
  FROM wave_evidence WHERE wave_id = $1 GROUP BY figure`;

type Row = { readonly figure: Figure | "calls" } & {
  readonly [Column in `${"candidate" | "baseline"}${"Calls" | "Sum" | "Squares"}`]: number;
};

/** Replaces a rollout's part in the sums of its wave, in its own tenant's scope. */
export async function shareSums(sql: Sql, { tenantId, rolloutId, waveId, figures }: WaveShare): Promise<void> {
  const { candidate, baseline } = figures;
  const calls = (side: SideFigures): Sums => ({ ...noSums, calls: side.calls });
  const rows: Row[] = [
    rowOf("calls", calls(candidate), calls(baseline)),
    ...FIGURES.map((figure) => rowOf(figure, sumsOf(candidate, figure), sumsOf(baseline, figure))),
  ];
  await sql.run(SHARE, [tenantId, rolloutId, waveId, json(rows)]);
}

const rowOf = (figure: Row["figure"], candidate: Sums, baseline: Sums): Row => ({
  figure,
  candidateCalls: candidate.calls,
  candidateSum: candidate.sum,
  candidateSquares: candidate.squares,
  baselineCalls: baseline.calls,
  baselineSum: baseline.sum,
  baselineSquares: baseline.squares,
});

const sumsOf = ({ response, ...figures }: SideFigures, figure: Figure): Sums =>
  figure === "slow" || figure === "slower" ? response[figure] : figures[figure];

/** The sums of a wave; null when nobody has shared any. For a role that sees no tenant. */
export async function pooledSums(sql: Sql, waveId: string): Promise<BothFigures | null> {
  const rows = await sql.rows<Row>(POOLED, [waveId]);
  if (rows.length === 0) return null;
  const of = (figure: Row["figure"], side: "candidate" | "baseline"): Sums => {
    const row = rows.find((one) => one.figure === figure);
    if (row === undefined) return noSums;
    return { calls: row[`${side}Calls`], sum: row[`${side}Sum`], squares: row[`${side}Squares`] };
  };
  const sideOf = (side: "candidate" | "baseline"): SideFigures => ({
    ...noFigures,
    calls: of("calls", side).calls,
    booked: of("booked", side),
    selfServe: of("selfServe", side),
    handlingMs: of("handlingMs", side),
    errors: of("errors", side),
    hangUps: of("hangUps", side),
    response: { ...noFigures.response, slow: of("slow", side), slower: of("slower", side) },
  });
  return { candidate: sideOf("candidate"), baseline: sideOf("baseline") };
}
