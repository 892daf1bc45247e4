import { contentHash, type Instant, type Json } from "@tandem/kernel";

/** What a link of one use does. */
export type LinkAction = "approve" | "reject" | "rollback";

/** Everything that a link is bound to. */
export interface LinkTerms {
  readonly id: string;
  readonly rolloutId: string;
  readonly deploymentId: string;
  readonly action: LinkAction;
  /** Who acts through it: a subject such as `key:<key id>`, or a label of the chat or mail account. */
  readonly addressee: string;
  /** The plan that `approve` and `reject` are about; null for `rollback`. */
  readonly planHash: string | null;
  /** The deployment's generation that `rollback` is about; null for the others. */
  readonly generation: number | null;
  readonly expiresAt: Instant;
}

/** A link of one use for chat and mail. Its token is shown once and kept nowhere. */
export interface DecisionLink extends LinkTerms {
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly usedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

const VERBS: Readonly<Record<LinkAction, string>> = { approve: "Approve", reject: "Reject", rollback: "Roll back" };

/** Of a button or a line: names the plan, as somebody may approve an older message than they believe. */
export const linkLabel = ({ action, planHash }: Pick<LinkTerms, "action" | "planHash">): string =>
  planHash === null ? VERBS[action] : `${VERBS[action]} plan ${planHash.slice(0, 12)}`;

/** Hex SHA-256 over a link's terms within a tenant: what its token is signed with besides its id. */
export function linkBinding(tenantId: string, link: LinkTerms): string {
  const { id, rolloutId, deploymentId, action, addressee, planHash, generation, expiresAt } = link;
  const terms: Json = {
    tenantId,
    id,
    rolloutId,
    deploymentId,
    action,
    addressee,
    planHash,
    generation,
    expiresAt,
  };
  return contentHash(terms);
}

/** A link that somebody wants to make, and the rollout that it is to be about. */
export interface LinkWish {
  readonly action: LinkAction;
  readonly addressee: string;
  /** Everybody who sees the link, or chose who does: none of them may be the author when it approves. */
  readonly makers: readonly string[];
  readonly rollout: {
    readonly phase: string;
    readonly planHash: string | null;
    readonly createdBy: string;
    readonly policy: { readonly authorMayApprove?: boolean | undefined };
  };
}

/** Why a link may not be made. */
export const linkWishRefusals = {
  "not-awaiting-approval": "The rollout is not waiting for an approval.",
  "author-approves": "Whoever started the rollout cannot approve it, by a link neither.",
  "author-issues": "Whoever started the rollout sees the link: let somebody else make it.",
} as const;

/** A rollback link is about calls, the others about a plan that waits for a decision of somebody who is not its author; null: it may be made. */
export function linkWishRefusal({
  action,
  addressee,
  makers,
  rollout,
}: LinkWish): keyof typeof linkWishRefusals | null {
  if (action === "rollback") return null;
  const { phase, planHash, createdBy, policy } = rollout;
  if (phase !== "awaiting-approval" || planHash === null) return "not-awaiting-approval";
  if (action === "reject" || policy.authorMayApprove === true) return null;
  if (createdBy === addressee) return "author-approves";
  return makers.includes(createdBy) ? "author-issues" : null;
}

/** Who acts through a link: a subject such as `key:<key id>`, or a label of the chat or mail account; no mail address. */
export const LINK_ADDRESSEE = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,79}$/;

/** Why a link cannot be used. `unknown` also stands for a token that was signed for other terms. */
export const linkRefusals = {
  unknown: "There is no such link.",
  revoked: "The link was taken back.",
  used: "The link has been used already; it works once.",
  expired: "The link's time is over.",
  ended: "The rollout has ended.",
  "plan-changed": "The rollout has another plan than the one this link is about.",
  moved: "Calls have moved since the link was made: it is about an earlier state of the deployment.",
} as const;
export type LinkRefusal = keyof typeof linkRefusals;

/** What a link is held against, read together with it. `nowMs` is database time. */
export interface LinkSituation {
  readonly nowMs: number;
  readonly binding: string;
  readonly tenantId: string;
  readonly planHash: string | null;
  readonly isLive: boolean;
  readonly generation: number;
}

/** Why the link must not act now; null when nothing of what it is bound to has changed. */
export function linkRefusal(link: DecisionLink, now: LinkSituation): LinkRefusal | null {
  if (linkBinding(now.tenantId, link) !== now.binding) return "unknown";
  if (link.revokedAt !== null) return "revoked";
  if (link.usedAt !== null) return "used";
  if (now.nowMs >= Date.parse(link.expiresAt)) return "expired";
  if (link.action === "rollback") return link.generation === now.generation ? null : "moved";
  if (!now.isLive) return "ended";
  return link.planHash === now.planHash ? null : "plan-changed";
}
