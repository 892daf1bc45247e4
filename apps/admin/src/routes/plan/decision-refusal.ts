import type { Schemas } from "../../api/generated/schema.ts";

/** Why this person's approval would not be taken, as far as the screen can know; null when it would. */
export function decisionRefusal(
  { createdBy, policy }: Pick<Schemas["Rollout"], "createdBy" | "policy">,
  given: readonly Pick<Schemas["Approval"], "subject">[],
  subject: string | null,
): string | null {
  if (subject === null) return null;
  if (given.some((approval) => approval.subject === subject)) return "You have approved it already";
  return createdBy === subject && policy.authorMayApprove !== true
    ? "You started this rollout, so somebody else must approve it"
    : null;
}
