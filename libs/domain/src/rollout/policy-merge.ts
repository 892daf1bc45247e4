import { defaultEvidence, EvidencePolicy } from "../evidence/index.ts";
import type { GatePolicy, Strategy } from "../gate/index.ts";
import { defaultReplay, type ReplayPolicy } from "../replay/index.ts";
import type { RolloutPolicy } from "./rollout.ts";

/** What a request says about how its rollout moves; absent members take the gate policy's. */
export interface AskedPolicy {
  readonly approval?: RolloutPolicy["approval"] | undefined;
  readonly approvals?: number | undefined;
  readonly approvalTtlMs?: number | undefined;
  readonly promotion?: RolloutPolicy["promotion"] | undefined;
  readonly bakeMs?: number | undefined;
  readonly strategy?: Strategy | undefined;
  /** Members over the gate policy's; null: no evidence at all. */
  readonly evidence?:
    | { readonly [Member in keyof EvidencePolicy]?: EvidencePolicy[Member] | undefined }
    | null
    | undefined;
  /** Members over the gate policy's. */
  readonly replay?: { readonly [Member in keyof ReplayPolicy]?: ReplayPolicy[Member] | undefined } | undefined;
}

/**
 * The policy of a rollout: what the request says over what the gate policy says. Whether the result is laxer than the gate policy allows
 * is another question (`laxMembers`), which the store asks under the deployment's lock.
 */
export function mergedPolicy(floor: GatePolicy, asked: AskedPolicy): RolloutPolicy {
  const approvals = approvalsOf(floor, asked);
  const evidence = evidenceOf(floor.evidence, asked.evidence);
  const replay = replayOf(floor.replay, asked.replay);
  return {
    approval: approvals === 0 ? "none" : "required",
    ...(approvals > 0 && {
      approvals,
      approvers: floor.approvers,
      ...(floor.authorMayApprove && { authorMayApprove: true }),
    }),
    promotion: asked.promotion ?? floor.promotion,
    promoters: floor.promoters,
    bakeMs: asked.bakeMs ?? floor.bakeMs,
    approvalTtlMs: asked.approvalTtlMs ?? floor.approvalTtlMs,
    strategy: asked.strategy ?? floor.strategy,
    ...(evidence !== null && { evidence }),
    ...(replay !== undefined && { replay }),
  };
}

/** A number wins over the word; the word `required` alone asks for what the gate policy wants, and for one at the least. */
function approvalsOf(floor: GatePolicy, { approval, approvals }: AskedPolicy): number {
  if (approvals !== undefined) return approvals;
  if (approval === "none") return 0;
  return approval === "required" ? Math.max(1, floor.approvals) : floor.approvals;
}

function evidenceOf(floor: EvidencePolicy | null, asked: AskedPolicy["evidence"]): EvidencePolicy | null {
  if (asked === undefined) return floor;
  if (asked === null) return null;
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return EvidencePolicy.parse({ ...defaultEvidence.production, ...floor, ...Object.fromEntries(given) });
}

function replayOf(floor: ReplayPolicy | undefined, asked: AskedPolicy["replay"]): ReplayPolicy | undefined {
  const { sessions, maxAgeDays, maxDifferingShare, gate } = asked ?? {};
  const base = floor ?? defaultReplay;
  const replay: ReplayPolicy = {
    sessions: sessions ?? base.sessions,
    maxAgeDays: maxAgeDays ?? base.maxAgeDays,
    maxDifferingShare: maxDifferingShare ?? base.maxDifferingShare,
    gate: gate ?? base.gate,
  };
  return replay.gate === "off" ? undefined : replay;
}
