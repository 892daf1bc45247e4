import { createHmac, randomBytes } from "node:crypto";
import type { Secret } from "@tandem/kernel";

/** What a token that its holder shows is good for; a token of one purpose is unknown for every other. */
export type BearerPurpose = "person-session" | "invitation";

const FORM = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits, 43 characters that are legal in cookies and URLs. */
export const makeBearerToken = (): string => randomBytes(32).toString("base64url");

/** What the database keeps of a token: hex HMAC-SHA-256 under the installation's pepper. Null for what cannot be a token. */
export const hashBearerToken = (pepper: Secret, purpose: BearerPurpose, token: string): string | null =>
  FORM.test(token) ? createHmac("sha256", `${purpose}\n${pepper.reveal()}`).update(token).digest("hex") : null;
