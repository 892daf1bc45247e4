import { createHmac, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Secret } from "@tandem/kernel";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORM = /^tdm_([a-z]{2,12})_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** The parts of an API key `tdm_<environment>_<key id>_<secret>_<checksum>` that passed its checksum. */
export interface ParsedApiKey {
  readonly keyId: string;
  readonly secret: string;
}

/** A new key: 12 characters of id, 43 base62 characters of secret (256 bits), 6 of CRC-32 for secret scanners and typing errors. */
export function makeApiKey(environment: string): { key: string; keyId: string; secret: string } {
  const keyId = base62(randomBytes(9), 12);
  const secret = base62(randomBytes(32), 43);
  const body = `tdm_${environment}_${keyId}_${secret}`;
  return { key: `${body}_${checksum(body)}`, keyId, secret };
}

/** The parts of a key, or null when its form or checksum is wrong (no look-up is needed for those). */
export function parseApiKey(text: string): ParsedApiKey | null {
  const match = FORM.exec(text);
  if (match === null || checksum(text.slice(0, -7)) !== match[4]) return null;
  return { keyId: match[2] ?? "", secret: match[3] ?? "" };
}

/** What the database keeps of a key: hex HMAC-SHA-256 of the secret under the installation's pepper. */
export const hashApiKeySecret = (pepper: Secret, secret: string): string =>
  createHmac("sha256", pepper.reveal()).update(secret).digest("hex");

const checksum = (text: string): string => base62(Buffer.from(crc32(text).toString(16).padStart(8, "0"), "hex"), 6);

function base62(bytes: Uint8Array, length: number): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  while (text.length < length) {
    text = ALPHABET[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}
