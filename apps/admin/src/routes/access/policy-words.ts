import { counted } from "@tandem/kernel";
import type { Schemas } from "../../api/generated/schema.ts";
import { formatDuration, formatMoney } from "../../ui/time-text.ts";
import { roleWords } from "./roles.ts";

export type Policy = Schemas["GatePolicy"];
export type Environment = Schemas["GatePolicyState"]["environment"];
export const ENVIRONMENTS = ["production", "staging", "development"] as const satisfies readonly Environment[];

export const sourceWords: Readonly<Record<Schemas["GatePolicyState"]["source"], string>> = {
  own: "your own",
  platform: "the platform's",
  "built-in": "what Tandem brings",
};

type Line = readonly [term: string, text: string];

/** A policy in words, rule by rule. */
export const policyLines = (policy: Policy): readonly Line[] => [
  ["Approval", approvalText(policy)],
  ["Promotion", promotionText(policy)],
  ["Way to callers", strategyText(policy.strategy)],
  ["Bake", formatDuration(policy.bakeMs)],
  ["Evidence", evidenceText(policy)],
  ["Replay", replayText(policy.replay)],
  ["While another is live", policy.whenLive === "queue" ? "waits its turn" : "is refused"],
  ["Costs", costText(policy.costCap)],
  ["A request may loosen it", policy.mayLoosen ? "yes" : "no"],
];

const roles = (names: readonly (keyof typeof roleWords)[]): string =>
  names.map((name) => roleWords[name].title.toLowerCase()).join(" or ");

function approvalText({ approvals, approvers, authorMayApprove, approvalTtlMs }: Policy): string {
  if (approvals === 0) return "none is needed";
  const who = `${approvals} by ${roles(approvers)}`;
  return `${who}, ${authorMayApprove ? "also" : "never"} by whoever asked; counts for ${formatDuration(approvalTtlMs)}`;
}

const promotionText = ({ promotion, promoters }: Policy): string =>
  promotion === "automatic" ? "by itself once the smoke test has passed" : `by hand: ${roles(promoters)}`;

const strategyText = (strategy: Policy["strategy"]): string =>
  strategy.kind === "blue-green"
    ? "all callers at once"
    : `canary: ${strategy.steps.map(({ weightBp, watchMs }) => `${weightBp / 100} % for ${formatDuration(watchMs)}`).join(", ")}`;

const evidenceText = ({ evidence }: Policy): string =>
  evidence === null
    ? "alarms only"
    : `at least ${counted(evidence.minCalls, "call")}; when they tell nothing it ${evidence.whenInconclusive === "hold" ? "is held" : "goes on"}`;

function replayText(replay: Policy["replay"]): string {
  if (replay === undefined || replay.gate === "off") return "no past calls are replayed";
  const share = `${Number((replay.maxDifferingShare * 100).toFixed(1))} %`;
  const then = replay.gate === "hold" ? `held when more than ${share} differ` : "shown only";
  return `${counted(replay.sessions, "call")} of at most ${counted(replay.maxAgeDays, "day")}, ${then}`;
}

function costText(cap: Policy["costCap"]): string {
  const perCall = cap?.perCallMicros ?? null;
  const perMonth = cap?.perMonth ?? null;
  const texts = [
    ...(perCall === null ? [] : [`${formatMoney(perCall, "USD")} a call`]),
    ...(perMonth === null
      ? []
      : [`${formatMoney(perMonth.micros, "USD")} a month at ${counted(perMonth.calls, "call")}`]),
  ];
  return texts.length === 0 ? "no cap" : `at most ${texts.join(", ")}`;
}
