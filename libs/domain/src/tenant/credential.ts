import { z } from "zod";

/**
 * Life of a stored credential: `pending` until a worker has tried it, `in-force`, `draining` while calls that began with it end and
 * webhooks signed with it are accepted, then `revoked`; or `refused`, when it did not pass. What is revoked or refused never comes back.
 */
export const CredentialState = z.enum(["pending", "in-force", "draining", "revoked", "refused"]);
export type CredentialState = z.infer<typeof CredentialState>;

/** What a credential showed at its vendor; the port's probe fits. */
export interface ShownCredential {
  readonly account: string;
  readonly grantedScopes: readonly string[] | null;
  readonly expiresAt: string | null;
  readonly status: string;
}

/** Whether a new credential may take over, and if not, why and what to do. */
export type RotationVerdict =
  | { readonly kind: "accepted"; readonly detail: string }
  | { readonly kind: "refused"; readonly detail: string };

const BLOCKED: ReadonlySet<string> = new Set(["suspended", "closed", "unpaid"]);

const refused = (problem: string, fix: string): RotationVerdict => ({ kind: "refused", detail: `${problem} ${fix}` });

/** Holds a new credential against the one in force: the same account, in order, not over, and with every permission that is needed. Null `before`: none is in force. */
export function judgeRotation(
  shown: ShownCredential,
  before: ShownCredential | null,
  { needed, nowMs }: { readonly needed: readonly string[]; readonly nowMs: number },
): RotationVerdict {
  if (before !== null && shown.account !== before.account)
    return refused(
      `It belongs to ${shown.account}, the one in force to ${before.account}.`,
      "Make a credential in the same account, or make another connection for the other account.",
    );
  if (BLOCKED.has(shown.status))
    return refused(`The account is ${shown.status}.`, "Bring the account in order at the vendor, then rotate again.");
  if (shown.expiresAt !== null && Date.parse(shown.expiresAt) <= nowMs)
    return refused(`It ended on ${shown.expiresAt}.`, "Make one that is still valid.");
  const missing = needed.filter((scope) => shown.grantedScopes !== null && !shown.grantedScopes.includes(scope));
  if (missing.length > 0)
    return refused(`It lacks ${missing.join(", ")}.`, "Grant these at the vendor, then rotate again.");
  return { kind: "accepted", detail: `verified: ${shown.account}` };
}
