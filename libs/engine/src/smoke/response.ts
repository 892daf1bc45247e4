import { percentile } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { SmokeResponse } from "@tandem/domain/rollout";
import type { TurnRecord } from "@tandem/domain/session";
import type { SpokenReport } from "@tandem/ports/ingress-probe";
import { partsOf } from "./judge-call.ts";

/** Answers that a statement about latency is made of, at least. */
const FEWEST_TURNS = 3;
/** Slower than this is an alarm, whatever a release asks for. */
const ALARM_MS = 1200;

/** How fast a release answers, and what is wrong with that. */
export interface ResponseVerdict {
  readonly response: SmokeResponse;
  readonly failures: readonly string[];
}

/**
 * The p95 over all answers of calls without faults, held against the release's target; answers that wait for a tool are bridged by a
 * sentence and held against the longest silence instead. `slackMs` is what the testing machine may add. Pure.
 */
export function judgeResponse(
  reports: readonly SpokenReport[],
  { latency, agent }: ReleaseBundle,
  slackMs: number,
): ResponseVerdict | null {
  if (agent.kind !== "tandem") return null;
  const turns = reports.flatMap(({ trace }) => trace?.turns ?? []).filter(isMeasured);
  const totals = turns.map((turn) => turn.latency?.totalMs ?? 0);
  const [p50Ms, p95Ms] = totals.length === 0 ? [0, 0] : [percentile(totals, 0.5), percentile(totals, 0.95)];
  const targetMs = Math.min(latency.endToEndMs, ALARM_MS) + slackMs;
  const response = { turns: totals.length, p50Ms: Math.round(p50Ms), p95Ms: Math.round(p95Ms), targetMs };
  return { response, failures: failuresOf(response, turns) };
}

const isMeasured = ({ turn, callerText, latency, source, tools }: TurnRecord): boolean =>
  turn > 0 &&
  callerText !== "" &&
  latency !== null &&
  source === "measured" &&
  tools.every(({ isSpeculative }) => isSpeculative);

function failuresOf({ turns, p95Ms, targetMs }: SmokeResponse, measured: readonly TurnRecord[]): readonly string[] {
  if (turns < FEWEST_TURNS) return [`only ${turns} answers were measured, at least ${FEWEST_TURNS} are needed`];
  if (p95Ms <= targetMs) return [];
  const slowest = measured.toSorted((one, other) => totalOf(other) - totalOf(one))[0];
  const example = slowest === undefined ? "" : ` The slowest, to “${slowest.callerText}”: ${partsOf(slowest)}.`;
  const alarm = p95Ms > ALARM_MS ? `, more than ${ALARM_MS} ms is an alarm` : "";
  return [`answers took ${p95Ms} ms (p95 of ${turns}), ${targetMs} ms at most${alarm}.${example}`];
}

const totalOf = ({ latency }: TurnRecord): number => latency?.totalMs ?? 0;
