import { createHmac } from "node:crypto";

/** Who agreed to a call, when, and to which words. */
export interface ProvenConsent {
  /** E.164. */
  readonly to: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly givenAt: string;
  readonly text: string;
}

/**
 * Stays of a consent when number and words are gone: hex of an HMAC-SHA-256. Whoever has the installation's key can tell whether it was
 * this number and these words; from the proof alone neither can be found, however few numbers there are.
 */
export const consentProof = (key: string, { to, givenAt, text }: ProvenConsent): string =>
  createHmac("sha256", key)
    .update(JSON.stringify(["outbound-consent", to, givenAt, text]))
    .digest("hex");
