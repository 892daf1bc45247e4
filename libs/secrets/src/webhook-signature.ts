import { createHmac, randomBytes } from "node:crypto";
import { AppError, Secret } from "@tandem/kernel";
import type { CredentialIdentity } from "./sealing.ts";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;

/** A new signing secret of an endpoint as Standard Webhooks write it: `whsec_` and base64 of 32 random bytes. */
export const makeWebhookSecret = (): Secret => new Secret(PREFIX + randomBytes(SECRET_BYTES).toString("base64"));

/** What an endpoint's secret is sealed to; no credential of a connection can stand in for it. */
export const webhookIdentity = (tenantId: string, endpointId: string, version: number): CredentialIdentity => ({
  tenantId,
  connectionId: `webhook:${endpointId}`,
  version,
});

/** One message as it is signed. `timestampS`: seconds of the attempt. */
export interface SignedMessage {
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
}

/** The three headers of Standard Webhooks; one signature for each secret in force, so that a receiver may know either while they rotate. */
export function webhookHeaders(
  { id, timestampS, body }: SignedMessage,
  secrets: readonly Secret[],
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.reveal().slice(PREFIX.length), "base64");
    if (!secret.reveal().startsWith(PREFIX) || key.length < 24)
      throw new AppError("internal", "A webhook's signing secret is damaged.");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestampS}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(timestampS), "webhook-signature": signatures.join(" ") };
}
