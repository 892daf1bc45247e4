import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** SHA-256 of UTF-8 text as 64 lower-case hex digits. Synchronous and free of platform APIs, so that pure rooms may use it. */
export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** HMAC-SHA-256 of UTF-8 text under a UTF-8 key, 32 bytes. */
export const hmacSha256 = (key: string, text: string): Uint8Array => hmac(sha256, utf8ToBytes(key), utf8ToBytes(text));

const BASE32HEX = "0123456789abcdefghijklmnopqrstuv";

/** RFC 4648 base32hex in lower case without padding: digits and `a`–`v` only, legal as a Google event id. */
export function base32hex(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32HEX[(buffer >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + BASE32HEX[(buffer << (5 - bits)) & 31];
}
