import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Secret } from "@tandem/kernel";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Texts as this node keeps them on its disk: AES-256-GCM under a key of one purpose, derived from the ticket key. */
export class SealedText {
  readonly #key: Buffer;

  constructor(ticketKey: Secret, purpose: string) {
    this.#key = Buffer.from(hkdfSync("sha256", ticketKey.reveal(), "", purpose, 32));
  }

  /** Base64 of nonce, tag and sealed text. It opens for the same `place` only: what is sealed cannot be put elsewhere. */
  seal(place: string, text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** Null for what was sealed for another place, under another key, or is damaged. */
  open(place: string, sealed: string): string | null {
    const bytes = Buffer.from(sealed, "base64");
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
    } catch {
      return null;
    }
  }
}
