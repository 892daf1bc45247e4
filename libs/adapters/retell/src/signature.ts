import { createHmac, timingSafeEqual } from "node:crypto";

/** How far a signature's time may be from ours, either way. */
const MOST_SKEW_MS = 300_000;

/** Retell's signature header of a raw body: `v=<ms>,d=<hex HMAC-SHA256 over body and ms>`. */
export const signatureOf = (apiKey: string, body: string, nowMs: number): string =>
  `v=${nowMs},d=${digest(apiKey, body, String(nowMs))}`;

const digest = (apiKey: string, body: string, time: string): string =>
  createHmac("sha256", apiKey)
    .update(body + time, "utf8")
    .digest("hex");

const HEADER = /^v=(\d{1,16}),d=([0-9a-f]{64})$/i;

/** True when one of the keys signed this raw body within five minutes of now. Constant time in the digest. */
export function isSigned(header: string, body: string, apiKeys: readonly string[], nowMs: number): boolean {
  const [, time, given] = HEADER.exec(header.trim()) ?? [];
  if (time === undefined || given === undefined || Math.abs(nowMs - Number(time)) > MOST_SKEW_MS) return false;
  const claimed = Buffer.from(given.toLowerCase());
  return apiKeys
    .filter((key) => key !== "")
    .map((key) => timingSafeEqual(Buffer.from(digest(key, body, time)), claimed))
    .includes(true);
}
