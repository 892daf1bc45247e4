import type { Session, SessionDetail, Turn } from "@tandem/contracts";
import type { Paint } from "@tandem/domain/plan";
import { dollars } from "./kpi.ts";
import { table, when } from "./table.ts";

export const callTable = (calls: readonly Session[]): string =>
  table(
    ["answered", "outcome", "seconds", "slot", "release", "kind", "id"],
    calls.map((call) => [
      when(call.startedAt),
      call.disposition ?? "in progress",
      call.endedAt === null ? "–" : String(Math.round((Date.parse(call.endedAt) - Date.parse(call.startedAt)) / 1000)),
      call.slot,
      call.bundleHash.slice(0, 12),
      call.kind,
      call.id,
    ]),
  );

/** One call for people. */
export function callView(call: SessionDetail, paint: Paint): string {
  const unknown = call.cost?.unknown ?? [];
  const cost =
    call.cost === null
      ? "release not kept"
      : `${dollars(call.cost.costMicros)}${unknown.length > 0 ? `, without ${unknown.join(", ")}` : ""}`;
  return [
    paint("title", `${call.disposition ?? "in progress"}  ${when(call.startedAt)}  ${call.slot}, ${call.region}`),
    `  release   ${call.bundleHash}`,
    `  trace     ${call.traceId}`,
    `  cost      ${cost}`,
    `  words     ${call.transcript}`,
    ...call.turns.flatMap((turn) => ["", ...turnLines(turn, paint)]),
  ].join("\n");
}

const PARTS = ["transcribe", "endOfTurn", "model", "speech", "send", "network"] as const;

function turnLines(turn: Turn, paint: Paint): string[] {
  const { latency } = turn;
  const parts = latency === null ? "" : PARTS.map((part) => `${part} ${Math.round(latency[`${part}Ms`])}`).join(", ");
  const response = latency === null ? "no answer heard" : `${Math.round(latency.totalMs)} ms (${parts})`;
  const marks = [turn.wasInterrupted ? "interrupted" : "", turn.wasSpeculative ? "speculative" : ""].filter(Boolean);
  return [
    `${paint("title", `turn ${turn.turn}`)}  ${turn.objective}  ${response}${marks.length > 0 ? `  ${marks.join(", ")}` : ""}`,
    ...(turn.callerText === undefined || turn.callerText === "" ? [] : [`  caller  ${turn.callerText}`]),
    ...(turn.agentText === undefined || turn.agentText === "" ? [] : [`  agent   ${turn.agentText}`]),
    ...turn.tools.map(({ tool, outcome, durationMs }) => `  tool    ${tool}: ${outcome}, ${Math.round(durationMs)} ms`),
  ];
}
