import { createPublicKey, verify } from "node:crypto";
import type { AuditKeys } from "@tandem/contracts";
import { type AuditCheckpoint, checkpointText } from "@tandem/domain/audit";

/** Whether one of the keys signed these words. */
export function isSigned(
  text: string,
  { keyId, signature }: { keyId: string; signature: string },
  { keys }: AuditKeys,
): boolean {
  const jwk = keys.find(({ kid }) => kid === keyId);
  if (jwk === undefined) return false;
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: "jwk" });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64url"));
}

export const isGenuineCheckpoint = (checkpoint: AuditCheckpoint, keys: AuditKeys): boolean =>
  isSigned(checkpointText(checkpoint), checkpoint, keys);
