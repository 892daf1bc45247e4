import { counted } from "@tandem/kernel";
import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";

export type Connection = Schemas["Connection"];
export type Standing = Schemas["ConnectionStanding"];
export type Vendor = Schemas["Vendor"];

/** How a connection stands, in a word, and what to do about it. */
export interface Verdict {
  readonly tone: Tone;
  readonly word: string;
  /** Null where there is nothing to do. */
  readonly advice: string | null;
}

const WARN_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;

/** What a connection needs first: a credential, a test, a scope, a newer credential. */
export function verdictOf({ credential, lastTest }: Standing, nowMs: number): Verdict {
  if (credential === null) return { tone: "bad", word: "no credential", advice: "Store its credential and test it." };
  if (credential.state === "refused")
    return {
      tone: "bad",
      word: "credential refused",
      advice: credential.detail ?? "Send one that the vendor accepts.",
    };
  if (credential.state === "pending") return { tone: "busy", word: "being verified", advice: null };
  if (lastTest === null) return { tone: "neutral", word: "not tested yet", advice: "Test it now." };
  if (lastTest.state === "pending") return { tone: "busy", word: "being tested", advice: null };
  if (lastTest.state === "failed")
    return { tone: "bad", word: "test failed", advice: lastTest.detail ?? "Correct the connection and test it again." };
  const { expiresAt = null, missingScopes = null, status = "unknown" } = lastTest.shown ?? {};
  const leftMs = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - nowMs;
  if (leftMs <= 0) return { tone: "bad", word: "expired", advice: "Rotate the credential." };
  if (BLOCKED.has(status))
    return { tone: "bad", word: `account ${status}`, advice: "Bring the account in order at the vendor." };
  const missing = missingScopes?.length ?? 0;
  if (missing > 0)
    return {
      tone: "warn",
      word: `${counted(missing, "scope")} missing`,
      advice: "Grant it at the vendor and rotate the credential.",
    };
  if (leftMs < WARN_MS)
    return {
      tone: "warn",
      word: `ends in ${Math.ceil(leftMs / DAY_MS)} d`,
      advice: "Rotate the credential before it ends.",
    };
  return { tone: "good", word: "works", advice: null };
}

const BLOCKED: ReadonlySet<string> = new Set(["suspended", "closed", "unpaid"]);
