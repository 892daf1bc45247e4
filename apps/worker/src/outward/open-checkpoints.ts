import type { WorkerConfig } from "@tandem/config";
import { AppError, systemClock } from "@tandem/kernel";
import { makeSignatureCheck, makeSigner } from "@tandem/secrets";
import { CheckpointMaker, openAuditWork, openDiskStore, openS3Store } from "@tandem/store";

/** What signs the audit log; `maker` is null where no key is set. */
export interface OpenCheckpoints {
  readonly maker: CheckpointMaker | null;
  close(): Promise<void>;
}

const VARIABLE = "TANDEM_AUDIT_PRIVATE_KEY";

/** What makes checkpoints, with its own door to the database. */
export function openCheckpoints(config: WorkerConfig): OpenCheckpoints {
  if (config.auditPrivateKey === null) return { maker: null, close: async () => {} };
  const signer = makeSigner(config.auditPrivateKey, VARIABLE);
  const { isGenuine } = makeSignatureCheck(knownKeys(signer.publicJwk, config.auditPublicKey), VARIABLE);
  const work = openAuditWork({ url: config.databaseUrl, applicationName: "tandem-worker" });
  const maker = new CheckpointMaker({
    work,
    objects: objectsOf(config),
    keys: { keyId: signer.keyId, sign: (text) => signer.sign(text), isGenuine },
    clock: systemClock,
    intervalMs: config.auditCheckpointMs,
  });
  return { maker, close: () => work.close() };
}

/** The worker's own and, after a rotation, the keys before it, which signed what is kept outside. */
function knownKeys(own: string, configured: string | null): string {
  if (configured === null) return own;
  const { publicJwks } = makeSignatureCheck(configured, "TANDEM_AUDIT_PUBLIC_KEY");
  return JSON.stringify([own, ...publicJwks].map((jwk) => JSON.parse(jwk) as unknown));
}

/** The bucket, or the folder where there is none. */
export function objectsOf({ s3Url: url, s3Region: region, s3AccessKeyId, s3SecretAccessKey, auditDir }: WorkerConfig) {
  if (url === null) return openDiskStore(auditDir);
  if (s3AccessKeyId === null || s3SecretAccessKey === null)
    throw new AppError("config_invalid", "TANDEM_S3_URL needs TANDEM_S3_ACCESS_KEY_ID and TANDEM_S3_SECRET_ACCESS_KEY");
  return openS3Store({ url, region, accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey });
}
