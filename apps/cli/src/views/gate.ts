import type { Approvals, Freeze, GatePolicyState, Link, Rollout, WaitingRollout } from "@tandem/contracts";
import { table, when } from "./table.ts";

const SOURCES = {
  own: "set here",
  platform: "the platform's, as none is set here",
  "built-in": "what Tandem brings along, as none is set here",
} as const;

/** A policy, one member a line, as `policy set` takes them. */
export const policyWords = ({ environment, policy, source }: GatePolicyState): string =>
  [
    `Policy of ${environment} (${SOURCES[source]})`,
    ...Object.entries(policy).map(
      ([name, value]) => `  ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    ),
  ].join("\n");

/** What an approval just given leads to; null where the rollout does not wait for approvals (any more). */
export function decisionWords({ phase, policy, planHash }: Rollout, approvals: Approvals["items"]): string | null {
  if (phase !== "awaiting-approval") return null;
  const needed = policy.approvals ?? 1;
  const given = approvals.filter(
    (approval) => approval.decision === "approve" && approval.isEntitled && approval.planHash === planHash,
  ).length;
  const counted = `Approved by ${given} of ${needed}`;
  return given < needed ? `${counted}: it waits for ${needed - given} more` : `${counted}: the rollout goes on`;
}

export const approvalTable = (approvals: Approvals["items"]): string =>
  table(
    ["when", "who", "decision", "via", "plan", "counts", "reason"],
    approvals.map(({ at, subject, decision, via, planHash, isEntitled, reason }) => [
      when(at),
      subject,
      decision,
      via,
      planHash.slice(0, 12),
      isEntitled ? "yes" : "no: role lost",
      reason ?? "",
    ]),
  );

export const freezeTable = (freezes: readonly Freeze[]): string =>
  table(
    ["level", "playbook", "environment", "from", "until", "state", "id", "reason"],
    freezes.map((freeze) => [
      freeze.level,
      freeze.playbook ?? "every",
      freeze.environment ?? "every",
      when(freeze.startsAt),
      when(freeze.endedAt ?? freeze.endsAt),
      freeze.endedAt !== null ? "ended early" : freeze.isExempt ? "you may pass" : "",
      freeze.id,
      freeze.reason,
    ]),
  );

export const linkTable = (links: readonly Link[]): string =>
  table(
    ["action", "for", "until", "state", "id"],
    links.map(({ action, addressee, expiresAt, usedAt, revokedAt, id }) => [
      action,
      addressee,
      when(expiresAt),
      usedAt !== null ? `used ${when(usedAt)}` : revokedAt !== null ? `taken back ${when(revokedAt)}` : "",
      id,
    ]),
  );

export const waitingTable = (waiting: readonly WaitingRollout[]): string =>
  table(
    ["place", "state", "release", "asked for by", "since", "id", "reason"],
    waiting.map(({ position, state, bundleHash, createdBy, createdAt, id, reason }) => [
      position === null ? "–" : String(position),
      state,
      bundleHash.slice(0, 12),
      createdBy,
      when(createdAt),
      id,
      reason === null ? "" : `${reason.code}: ${reason.detail}`,
    ]),
  );

/** One waiting rollout in a sentence. */
export const waitingWords = ({ id, position, state }: WaitingRollout): string =>
  position === null
    ? `Rollout ${id} is ${state}.`
    : `Another rollout is live: this one waits at place ${position} (${id}) and begins when its turn comes.`;
