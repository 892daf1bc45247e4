/** What a connection's credential turned out to be able to do. Reads only. */
export interface CredentialProbe {
  /** The account as the vendor names it, for the operator; no secret. */
  readonly account: string;
  /** Scopes or permissions granted, in the descriptor's words; null when the vendor does not tell. */
  readonly grantedScopes: readonly string[] | null;
  /** When the credential ends, a refresh token where there is one; null when it does not or the vendor does not tell. ISO 8601. */
  readonly expiresAt: string | null;
  /**
   * `suspended`, `closed` and `unpaid` accounts block a rollout; `trial` ones, which serve some callers only or for a while, block one in
   * production.
   */
  readonly status: "active" | "trial" | "unpaid" | "suspended" | "closed" | "unknown";
}

/** Implemented by every adapter. A token that must be refreshed is refreshed really, not taken from memory. Errors: `VendorError` with fault `unauthorized` when the credential is refused. */
export interface Probe {
  probe(): Promise<CredentialProbe>;
}
