import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "@tandem/kernel";

/** What a token is good for; a token of one purpose is refused for every other. */
export type TicketPurpose = "trial" | "call" | "stream" | "talk" | "agent" | "last-known-good" | "pin" | "operations";

/** Members of a ticket: short texts and numbers, visible to whoever holds it. */
export type TicketClaims = Readonly<Record<string, string | number>>;

/** `<base64url claims>.<base64url HMAC-SHA-256>`, valid until `expiresAtMs` (epoch milliseconds). Legal in URLs and headers. */
export function signTicket(key: Secret, purpose: TicketPurpose, claims: TicketClaims, expiresAtMs: number): string {
  const body = Buffer.from(JSON.stringify({ ...claims, exp: expiresAtMs })).toString("base64url");
  return `${body}.${signature(key, purpose, body)}`;
}

/** The claims of a genuine ticket of this purpose that has not expired at `nowMs`; null for everything else. Constant time in the signature. */
export function verifyTicket(key: Secret, purpose: TicketPurpose, ticket: string, nowMs: number): TicketClaims | null {
  const dot = ticket.indexOf(".");
  if (dot <= 0 || ticket.length > 4096) return null;
  const body = ticket.slice(0, dot);
  const given = Buffer.from(ticket.slice(dot + 1));
  const wanted = Buffer.from(signature(key, purpose, body));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const { exp, ...claims } = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, string | number>;
  return typeof exp === "number" && nowMs < exp ? claims : null;
}

/** Hex HMAC-SHA-256 of a text for files and nonces of this installation. */
export const seal = (key: Secret, purpose: TicketPurpose | "nonce", text: string): string =>
  createHmac("sha256", `${purpose}\n${key.reveal()}`).update(text).digest("hex");

const signature = (key: Secret, purpose: TicketPurpose, body: string): string =>
  createHmac("sha256", `${purpose}\n${key.reveal()}`).update(body).digest("base64url");
