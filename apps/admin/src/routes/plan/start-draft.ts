import { counted } from "@tandem/kernel";
import type { BodyOf } from "../../api/operation.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { formatDuration } from "../../ui/time-text.ts";
import { type CanaryStep, stepsError, stepsOf, strategyOf } from "../policy/canary-draft.ts";
import { type EvidenceDraft, evidenceDraftOf, evidenceErrors } from "../policy/evidence-draft.ts";
import type { PlaceErrors } from "../policy/number-text.ts";
import { askedEvidence } from "./start-evidence.ts";

export type GatePolicy = Schemas["GatePolicy"];
type AskedPolicy = NonNullable<BodyOf<"post", "/v1/rollouts">["policy"]>;

/** What a person has chosen for a rollout; lengths are null while what stands in the field is no length. */
export interface StartDraft {
  readonly strategy: "blue-green" | "canary";
  readonly steps: readonly CanaryStep[];
  readonly approvals: number;
  readonly promotion: "automatic" | "manual";
  readonly bakeMs: number | null;
  readonly evidence: EvidenceDraft;
  readonly replay: "off" | "show" | "hold";
  readonly replaySessions: string;
  readonly whenLive: "refuse" | "queue";
  readonly overrideReason: string;
}

const MINUTE_MS = 60_000;
const USUAL_SESSIONS = 20;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** What holds when nobody chooses anything: the environment's policy. */
export const draftOf = (policy: GatePolicy): StartDraft => ({
  strategy: policy.strategy.kind,
  steps: stepsOf(policy.strategy),
  approvals: policy.approvals,
  promotion: policy.promotion,
  bakeMs: policy.bakeMs,
  evidence: evidenceDraftOf(policy.evidence),
  replay: policy.replay?.gate ?? "off",
  replaySessions: String(policy.replay?.sessions ?? USUAL_SESSIONS),
  whenLive: policy.whenLive,
  overrideReason: "",
});

/** What is wrong with the draft, by field; nothing when it can be sent. */
export interface DraftErrors {
  readonly steps?: string;
  readonly bakeMs?: string;
  /** By place within the evidence policy, e.g. `/minCalls`. */
  readonly evidence?: PlaceErrors;
  readonly replaySessions?: string;
}

export function errorsOf(draft: StartDraft): DraftErrors {
  const steps = draft.strategy === "canary" ? stepsError(draft.steps) : null;
  const evidence = evidenceErrors(draft.evidence);
  return {
    ...(steps !== null && { steps }),
    ...((draft.bakeMs === null || draft.bakeMs > WEEK_MS) && { bakeMs: "At most 7 days" }),
    ...(Object.keys(evidence).length > 0 && { evidence }),
    ...(draft.replay !== "off" && !isWithin(draft.replaySessions, 1, 100) && { replaySessions: "From 1 to 100" }),
  };
}

const isWithin = (text: string, least: number, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

/** The first thing that is wrong, in words; null when nothing is. */
export function firstError({ evidence, ...errors }: DraftErrors): string | null {
  if (evidence !== undefined) return "Mend what is marked in what calls must show";
  return Object.values(errors)[0] ?? null;
}

/** What to ask for: only what differs from the policy, so that a policy changed meanwhile still decides the rest. */
export function askedPolicy(draft: StartDraft, policy: GatePolicy): AskedPolicy {
  const evidence = askedEvidence(draft.evidence, policy.evidence);
  const before = draftOf(policy);
  const differs = (...members: (keyof StartDraft)[]): boolean =>
    members.some((member) => JSON.stringify(draft[member]) !== JSON.stringify(before[member]));
  return {
    ...((differs("strategy") || (draft.strategy === "canary" && differs("steps"))) && {
      strategy: strategyOf(draft.strategy, draft.steps),
    }),
    ...(differs("approvals") && { approvals: draft.approvals }),
    ...(differs("promotion") && { promotion: draft.promotion }),
    ...(draft.bakeMs !== null && differs("bakeMs") && { bakeMs: draft.bakeMs }),
    ...(evidence !== undefined && { evidence }),
    ...((differs("replay") || (draft.replay !== "off" && differs("replaySessions"))) && { replay: replayOf(draft) }),
    ...(draft.overrideReason.trim() !== "" && { freezeOverride: { reason: draft.overrideReason.trim() } }),
  };
}

const replayOf = ({ replay, replaySessions }: StartDraft): NonNullable<AskedPolicy["replay"]> =>
  replay === "off" ? { gate: "off" } : { gate: replay, sessions: Number(replaySessions) };

/** The draft in a few words, in the order in which a rollout meets them. */
export function draftWords({ strategy, steps, approvals, promotion, bakeMs, replay }: StartDraft): string[] {
  return [
    approvals === 0 ? "No approval" : counted(approvals, "approval"),
    ...(replay === "off" ? [] : ["replays past sessions"]),
    ...(promotion === "manual" ? ["waits for promotion"] : []),
    strategy === "blue-green" ? "all callers at once" : `canary ${steps.map(({ share }) => `${share} %`).join(" → ")}`,
    bakeMs === null ? "bake" : `bake ${formatDuration(bakeMs)}`,
  ];
}

/** How many approvals the environment's policy wants. */
export const approvalsHint = ({ approvals }: GatePolicy, environment: string): string =>
  approvals === 0
    ? `${environment} needs no approval.`
    : `${environment} needs at least ${counted(approvals, "approval")}.`;
