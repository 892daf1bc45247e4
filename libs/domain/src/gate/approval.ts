import type { Instant } from "@tandem/kernel";

/** One person's decision about one plan. Rows are only ever added. */
export interface Approval {
  /** `key:<key id>`, or what a link names its addressee. */
  readonly subject: string;
  readonly decision: "approve" | "reject";
  readonly via: "api" | "cli" | "link";
  /** The plan that was decided about; a plan made anew has another hash. */
  readonly planHash: string;
  readonly reason: string | null;
  readonly at: Instant;
  /** Whether the person still holds a role that lets the approval count, as of the read. */
  readonly isEntitled: boolean;
}

/** What an approval must be to count. */
export interface ApprovalRule {
  readonly planHash: string | null;
  readonly author: string;
  readonly authorMayApprove: boolean;
}

/** The approvals that count for a plan: of distinct people, none of them its author unless that is allowed. */
export function standingApprovals(approvals: readonly Approval[], rule: ApprovalRule): readonly Approval[] {
  const subjects = new Set<string>();
  return approvals.filter(({ subject, decision, planHash }) => {
    if (decision !== "approve" || planHash !== rule.planHash || subjects.has(subject)) return false;
    if (subject === rule.author && !rule.authorMayApprove) return false;
    subjects.add(subject);
    return true;
  });
}
