const ALPHABET = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "latin1");
const PADDING = 0x3d;
const ILLEGAL = 0x80;

const VALUES = new Uint8Array(256).fill(ILLEGAL);
for (const [value, character] of ALPHABET.entries()) VALUES[character] = value;

/** Bytes of base64 text for so many bytes. */
export const base64Length = (sizeBytes: number): number => Math.ceil(sizeBytes / 3) * 4;

/** Writes the base64 of `bytes` into `target` from `at` on; returns the position after it. Allocates nothing. */
export function encodeBase64(bytes: Uint8Array, target: Uint8Array, at: number): number {
  let out = at;
  let index = 0;
  for (; index + 2 < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    target[out++] = ALPHABET[group >> 18] ?? 0;
    target[out++] = ALPHABET[(group >> 12) & 63] ?? 0;
    target[out++] = ALPHABET[(group >> 6) & 63] ?? 0;
    target[out++] = ALPHABET[group & 63] ?? 0;
  }
  const left = bytes.length - index;
  if (left === 0) return out;
  const group = ((bytes[index] ?? 0) << 16) | ((left === 2 ? (bytes[index + 1] ?? 0) : 0) << 8);
  target[out++] = ALPHABET[group >> 18] ?? 0;
  target[out++] = ALPHABET[(group >> 12) & 63] ?? 0;
  target[out++] = left === 2 ? (ALPHABET[(group >> 6) & 63] ?? 0) : PADDING;
  target[out++] = PADDING;
  return out;
}

/** Decodes `text[start .. end)` into `target`; returns how many bytes it gave, or −1 when it is not base64 (with or without padding). Allocates nothing. */
export function decodeBase64(text: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let last = end;
  while (last > start && end - last < 2 && text[last - 1] === PADDING) last -= 1;
  if ((last !== end && (end - start) % 4 !== 0) || (last - start) % 4 === 1) return -1;
  let out = 0;
  let illegal = 0;
  let index = start;
  for (; index + 3 < last; index += 4) {
    const a = VALUES[text[index] ?? 0] ?? 0;
    const b = VALUES[text[index + 1] ?? 0] ?? 0;
    const c = VALUES[text[index + 2] ?? 0] ?? 0;
    const d = VALUES[text[index + 3] ?? 0] ?? 0;
    illegal |= a | b | c | d;
    target[out++] = (a << 2) | (b >> 4);
    target[out++] = (b << 4) | (c >> 2);
    target[out++] = (c << 6) | d;
  }
  if (index < last) {
    const a = VALUES[text[index] ?? 0] ?? 0;
    const b = VALUES[text[index + 1] ?? 0] ?? 0;
    const c = index + 2 < last ? (VALUES[text[index + 2] ?? 0] ?? 0) : 0;
    illegal |= a | b | c;
    target[out++] = (a << 2) | (b >> 4);
    if (index + 2 < last) target[out++] = (b << 4) | (c >> 2);
  }
  return (illegal & ILLEGAL) === 0 ? out : -1;
}
