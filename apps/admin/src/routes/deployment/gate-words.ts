import { counted } from "@tandem/kernel";
import type { Schemas } from "../../api/generated/schema.ts";
import { formatDuration } from "../../ui/time-text.ts";

/** What a rollout has to pass, in its order, for whoever begins one. */
export function gateWords(policy: Schemas["GatePolicy"]): readonly string[] {
  const { approvals, approvers, promotion, promoters, bakeMs, strategy } = policy;
  return [
    "Preflight, plan, and install in the inactive slot; callers notice nothing.",
    approvals === 0 ? null : `${counted(approvals, "approval")} by ${eitherOf(approvers)}.`,
    "A smoke test speaks with the release.",
    promotion === "manual" ? `Promoted by ${eitherOf(promoters)}.` : null,
    strategy.kind === "canary"
      ? `Canary: ${strategy.steps.map(({ weightBp }) => `${weightBp / 100} %`).join(", ")}, then all new calls.`
      : "All new calls switch at once; calls in progress end where they began.",
    bakeMs === 0 ? null : `Watched for ${formatDuration(bakeMs)}; one click goes back.`,
  ].filter((words) => words !== null);
}

const eitherOf = (roles: readonly string[]): string =>
  roles.map((role) => `an ${role}`.replace(/^an (?![aeiou])/, "a ")).join(" or ");
