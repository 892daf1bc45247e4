import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Json, Secret } from "@tandem/kernel";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LONGEST = 3000;

/** What a sealed ticket is good for; one of another purpose does not open. */
export type SealedTicketPurpose = "outbound-call" | "briefing" | "sign-in";

/**
 * A ticket whose holder sees nothing of what is in it (AES-256-GCM), for what vendors carry for us and must not read: valid until
 * `expiresAtMs` (epoch milliseconds), legal in URLs. Throws a RangeError for content that no URL could carry.
 */
export function sealTicket(key: Secret, purpose: SealedTicketPurpose, content: Json, expiresAtMs: number): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(key, purpose), nonce);
  const text = JSON.stringify({ content, exp: expiresAtMs });
  const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  const ticket = sealed.toString("base64url");
  if (ticket.length > LONGEST) throw new RangeError(`a sealed ticket of ${ticket.length} characters fits in no URL`);
  return ticket;
}

/** The content of a genuine ticket of this purpose that has not expired at `nowMs`; undefined for everything else. */
export function openTicket(key: Secret, purpose: SealedTicketPurpose, ticket: string, nowMs: number): Json | undefined {
  if (ticket.length > LONGEST) return undefined;
  const sealed = Buffer.from(ticket, "base64url");
  if (sealed.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", keyOf(key, purpose), sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  }).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
    const { content, exp } = JSON.parse(text) as { content: Json; exp: number };
    return nowMs < exp ? content : undefined;
  } catch {
    return undefined;
  }
}

const keyOf = (key: Secret, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", key.reveal(), "", `sealed-ticket ${purpose}`, 32));
