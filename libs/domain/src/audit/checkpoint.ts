import { canonicalJson, type Instant } from "@tandem/kernel";
import { z } from "zod";

/** Where a tenant's chain stood, and who vouches for it. */
export const AuditCheckpoint = z.object({
  tenantId: z.string(),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  keyId: z.string(),
  /** Ed25519 over `checkpointText`, base64url. */
  signature: z.string(),
});
export type AuditCheckpoint = z.infer<typeof AuditCheckpoint> & { readonly at: Instant };

/** The text that a checkpoint's signature is over. */
export const checkpointText = ({ tenantId, seq, hash, at, keyId }: Omit<AuditCheckpoint, "signature">): string =>
  `tandem-audit-checkpoint-1\n${canonicalJson({ tenantId, seq, hash, at, keyId })}`;
