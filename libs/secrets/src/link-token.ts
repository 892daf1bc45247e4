import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "@tandem/kernel";

/** What a link's token names: whose link it is, which, and a digest over everything that it is bound to. */
export interface LinkToken {
  /** UUIDs. */
  readonly tenantId: string;
  readonly linkId: string;
  /** Hex SHA-256. */
  readonly binding: string;
}

const FORM = /^[A-Za-z0-9_-]{86}\.[A-Za-z0-9_-]{43}$/;

/** `<base64url of both ids and the binding>.<base64url HMAC-SHA-256>`, 130 characters, legal in URLs. */
export function signLinkToken(key: Secret, { tenantId, linkId, binding }: LinkToken): string {
  const body = Buffer.from(`${tenantId}${linkId}${binding}`.replaceAll("-", ""), "hex").toString("base64url");
  return `${body}.${signature(key, body)}`;
}

/** What a genuine token names; null for everything else. Constant time in the signature. */
export function verifyLinkToken(key: Secret, token: string): LinkToken | null {
  if (!FORM.test(token)) return null;
  const [body = "", given = ""] = token.split(".");
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(signature(key, body)))) return null;
  const hex = Buffer.from(body, "base64url").toString("hex");
  return { tenantId: uuidOf(hex.slice(0, 32)), linkId: uuidOf(hex.slice(32, 64)), binding: hex.slice(64) };
}

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const signature = (key: Secret, body: string): string =>
  createHmac("sha256", `decision-link\n${key.reveal()}`).update(body).digest("base64url");
