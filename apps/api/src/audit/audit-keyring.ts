import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import type { AuditKeys, AuditVerdict } from "@tandem/contracts";
import { type AuditCheckpoint, checkpointText } from "@tandem/domain/audit";
import { AppError } from "@tandem/kernel";
import type { Actor, AuditVerdict as ChainVerdict, ControlStore } from "@tandem/ports/store/control";
import { makeSignatureCheck, type SignatureCheck } from "@tandem/secrets";
import { ProofMaker } from "../proof/proof-maker.ts";
import { CONFIG, STORE } from "../tokens.ts";

const PAGE = 200;

/** What the API knows of the keys that workers sign checkpoints with: their public halves. */
@Injectable()
export class AuditKeyring {
  private readonly check: SignatureCheck | null;

  constructor(
    @Inject(CONFIG) config: ApiConfig,
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(ProofMaker) private readonly proofs: ProofMaker,
  ) {
    const { auditPublicKey } = config;
    this.check = auditPublicKey === null ? null : makeSignatureCheck(auditPublicKey, "TANDEM_AUDIT_PUBLIC_KEY");
  }

  /** Keys of checkpoints, the one in force first, then the one of proof packs. Throws `audit_unsigned` where none is set. */
  keys(): AuditKeys {
    const own = this.proofs.publicJwk;
    const jwks = [...(this.check?.publicJwks ?? []), ...(own === null ? [] : [own])];
    if (jwks.length === 0) throw new AppError("audit_unsigned", "No signing key is set: nothing is signed here");
    return { keys: jwks.map((jwk) => JSON.parse(jwk) as AuditKeys["keys"][number]) };
  }

  /** Id of the checkpoint key in force; null where none is set. */
  get keyId(): string | null {
    return this.check === null ? null : (this.keys().keys[0]?.kid ?? null);
  }

  /** True when the signature is of a key that is known here. */
  isGenuine(checkpoint: AuditCheckpoint): boolean {
    const { keyId, signature } = checkpoint;
    return this.check?.isGenuine(keyId, checkpointText(checkpoint), signature) ?? false;
  }

  /** The verdict with every checkpoint's signature looked at: a forged one makes the log broken. */
  async judged(
    actor: Actor,
    verdict: ChainVerdict,
  ): Promise<Partial<AuditVerdict> & Pick<AuditVerdict, "checkpoints">> {
    let [count, cursor]: [number, string | null] = [0, null];
    let newest: AuditCheckpoint | null = null;
    let forged: AuditCheckpoint | null = null;
    do {
      const page: Awaited<ReturnType<ControlStore["auditCheckpoints"]>> = await this.store.auditCheckpoints(actor, {
        limit: PAGE,
        cursor,
      });
      newest ??= page.items[0] ?? null;
      if (this.check !== null) forged = page.items.findLast((item) => !this.isGenuine(item)) ?? forged;
      count += page.items.length;
      cursor = page.next;
    } while (cursor !== null);
    const signatures = this.check === null || count === 0 ? "not-checked" : forged === null ? "genuine" : "forged";
    const checkpoints = { count, newest, signatures } as const;
    if (forged === null || !verdict.intact) return { checkpoints };
    const problem = `the checkpoint at row ${forged.seq} is not signed by a key of this installation`;
    return { intact: false, brokenAt: forged.seq, problem, checkpoints };
  }
}
