import type { Schemas } from "../../api/generated/schema.ts";
import { type CanaryStep, stepsError, stepsOf, strategyOf } from "./canary-draft.ts";
import { type EvidenceDraft, evidenceDraftOf, evidenceErrors, evidenceOf } from "./evidence-draft.ts";
import {
  boundsError,
  lengthError,
  numberIn,
  percentText,
  type PlaceErrors,
  placeErrors,
  ratioIn,
} from "./number-text.ts";

export type Policy = Schemas["GatePolicy"];
type Replay = NonNullable<Policy["replay"]>;

/** A gate policy as it is filled in: numbers as typed, shares in per cent, money in US dollars, lengths null while they are none. */
export interface PolicyDraft extends Pick<
  Policy,
  "approvers" | "authorMayApprove" | "promotion" | "promoters" | "whenLive" | "mayLoosen"
> {
  readonly approvals: string;
  readonly approvalTtlMs: number | null;
  readonly bakeMs: number | null;
  readonly strategy: Policy["strategy"]["kind"];
  readonly steps: readonly CanaryStep[];
  readonly evidence: EvidenceDraft;
  readonly replay: Replay["gate"];
  readonly replaySessions: string;
  readonly replayMaxAgeDays: string;
  readonly replayMaxDiffering: string;
  /** Empty: no cap. */
  readonly capPerCall: string;
  /** Empty: no cap. */
  readonly capPerMonth: string;
  readonly callsPerMonth: string;
}

const USUAL_REPLAY: Replay = { sessions: 20, maxAgeDays: 30, maxDifferingShare: 0.1, gate: "off" };
const USUAL_CALLS = 1000;
const MICROS = 1_000_000;

export function policyDraftOf(policy: Policy): PolicyDraft {
  const { strategy, costCap, replay = USUAL_REPLAY } = policy;
  return {
    approvals: String(policy.approvals),
    approvers: policy.approvers,
    authorMayApprove: policy.authorMayApprove,
    approvalTtlMs: policy.approvalTtlMs,
    promotion: policy.promotion,
    promoters: policy.promoters,
    bakeMs: policy.bakeMs,
    strategy: strategy.kind,
    steps: stepsOf(strategy),
    evidence: evidenceDraftOf(policy.evidence),
    replay: replay.gate,
    replaySessions: String(replay.sessions),
    replayMaxAgeDays: String(replay.maxAgeDays),
    replayMaxDiffering: percentText(replay.maxDifferingShare),
    whenLive: policy.whenLive,
    capPerCall: dollarText(costCap?.perCallMicros ?? null),
    capPerMonth: dollarText(costCap?.perMonth?.micros ?? null),
    callsPerMonth: String(costCap?.perMonth?.calls ?? USUAL_CALLS),
    mayLoosen: policy.mayLoosen,
  };
}

const dollarText = (micros: number | null): string => (micros === null ? "" : String(micros / MICROS));

/** What the draft says. Only of a draft without errors; a member that was left out and is not touched stays left out. */
export function policyOf(draft: PolicyDraft, before: Policy): Policy {
  const { approvers, authorMayApprove, promotion, promoters, whenLive, mayLoosen } = draft;
  const replay = replayOf(draft);
  const isReplaySame = JSON.stringify(replay) === JSON.stringify(before.replay ?? USUAL_REPLAY);
  return {
    approvals: numberIn(draft.approvals) ?? 0,
    approvers,
    authorMayApprove,
    approvalTtlMs: draft.approvalTtlMs ?? 0,
    promotion,
    promoters,
    bakeMs: draft.bakeMs ?? 0,
    strategy: strategyOf(draft.strategy, draft.steps),
    evidence: evidenceOf(draft.evidence),
    ...(before.replay === undefined && isReplaySame ? {} : { replay }),
    whenLive,
    costCap: costCapOf(draft),
    mayLoosen,
  };
}

const replayOf = (draft: PolicyDraft): Replay => ({
  sessions: numberIn(draft.replaySessions) ?? 0,
  maxAgeDays: numberIn(draft.replayMaxAgeDays) ?? 0,
  maxDifferingShare: ratioIn(draft.replayMaxDiffering),
  gate: draft.replay,
});

function costCapOf(draft: PolicyDraft): Policy["costCap"] {
  const perCallMicros = microsOf(draft.capPerCall);
  const micros = microsOf(draft.capPerMonth);
  const perMonth = micros === null ? null : { micros, calls: numberIn(draft.callsPerMonth) ?? 0 };
  return perCallMicros === null && perMonth === null ? null : { perCallMicros, perMonth };
}

const microsOf = (text: string): number | null =>
  text.trim() === "" ? null : Math.round((numberIn(text) ?? 0) * MICROS);

const DOLLARS = { least: 1 / MICROS, most: 1_000_000 };
const isSet = (text: string): boolean => text.trim() !== "";

/** What is wrong, by JSON pointer into the policy. */
export function policyErrors(draft: PolicyDraft): PlaceErrors {
  const evidence = Object.entries(evidenceErrors(draft.evidence)).map(([path, text]) => [`/evidence${path}`, text]);
  return placeErrors({
    "/approvals": boundsError(draft.approvals, { least: 0, most: 10, isWhole: true }),
    "/approvers": draft.approvers.length === 0 ? "Choose at least one role" : null,
    "/approvalTtlMs":
      draft.approvalTtlMs === 0 ? "A length of at least a second" : lengthError(draft.approvalTtlMs, 30),
    "/promoters": draft.promoters.length === 0 ? "Choose at least one role" : null,
    "/bakeMs": lengthError(draft.bakeMs, 7),
    "/strategy": draft.strategy === "canary" ? stepsError(draft.steps) : null,
    ...Object.fromEntries(evidence),
    ...(draft.replay === "off" ? {} : replayErrors(draft)),
    "/costCap/perCallMicros": isSet(draft.capPerCall) ? boundsError(draft.capPerCall, DOLLARS) : null,
    "/costCap/perMonth/micros": isSet(draft.capPerMonth) ? boundsError(draft.capPerMonth, DOLLARS) : null,
    "/costCap/perMonth/calls": isSet(draft.capPerMonth)
      ? boundsError(draft.callsPerMonth, { least: 1, most: 100_000_000, isWhole: true })
      : null,
  });
}

const replayErrors = ({ replaySessions, replayMaxAgeDays, replayMaxDiffering }: PolicyDraft) => ({
  "/replay/sessions": boundsError(replaySessions, { least: 1, most: 100, isWhole: true }),
  "/replay/maxAgeDays": boundsError(replayMaxAgeDays, { least: 1, most: 365, isWhole: true }),
  "/replay/maxDifferingShare": boundsError(replayMaxDiffering, { least: 0, most: 100 }),
});
