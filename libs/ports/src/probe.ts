/** What a connection's credential turned out to be able to do. Reads only. */
export interface CredentialProbe {
  /** The account as the vendor names it, for the operator; no secret. */
  readonly account: string;
  /** Scopes or permissions granted, in the descriptor's words; null when the vendor does not tell. */
  readonly grantedScopes: readonly string[] | null;
  /** When the credential ends; null when it does not or the vendor does not tell. ISO 8601. */
  readonly expiresAt: string | null;
  /** `suspended` and `closed` accounts block a rollout. */
  readonly status: "active" | "suspended" | "closed" | "unknown";
}

/** Implemented by every adapter. Errors: `VendorError` with fault `unauthorized` when the credential is refused. */
export interface Probe {
  probe(): Promise<CredentialProbe>;
}
