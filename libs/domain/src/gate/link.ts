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
