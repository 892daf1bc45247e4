import { Inject, Injectable } from "@nestjs/common";
import { AppError } from "@tandem/kernel";
import type { ApiConfig } from "@tandem/config";
import type { Actor, ActorRole, ControlStore } from "@tandem/ports/store/control";
import { hashApiKeySecret } from "@tandem/secrets";
import { CONFIG, STORE } from "../tokens.ts";
import { presentedKey } from "./presented-key.ts";

interface KnownKey {
  readonly tenantId: string | null;
  readonly roles: readonly ActorRole[];
  readonly checkedAtMs: number;
}

/** How long a looked-up key is believed: a revocation is in force after this time. */
const BELIEVED_MS = 900;
const MOST_KNOWN_KEYS = 10_000;

/** Finds out who asks. Keys are looked up by the HMAC of their secret; the secret itself is never kept. */
@Injectable()
export class Authenticator {
  private readonly known = new Map<string, KnownKey>();

  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  /** The actor of a request; throws `unauthenticated`. */
  async actor(authorization: string | undefined, userAgent: string | undefined, requestId: string): Promise<Actor> {
    const parsed = presentedKey(authorization);
    const key = await this.lookUp(parsed.keyId, hashApiKeySecret(this.config.keyPepper, parsed.secret));
    return {
      tenantId: key.tenantId,
      subject: `key:${parsed.keyId}`,
      roles: key.roles,
      via: userAgent?.startsWith("tandem-cli/") === true ? "cli" : "api",
      requestId,
    };
  }

  private async lookUp(keyId: string, secretHash: string): Promise<KnownKey> {
    const now = performance.now();
    const known = this.known.get(secretHash);
    if (known !== undefined && now - known.checkedAtMs < BELIEVED_MS) return known;
    this.known.delete(secretHash);
    const found = await this.store.authenticate(keyId, secretHash);
    if (found === null) throw new AppError("unauthenticated", "The API key is unknown, expired or revoked");
    const key = { tenantId: found.tenantId, roles: found.roles, checkedAtMs: now };
    if (this.known.size >= MOST_KNOWN_KEYS) this.known.clear();
    this.known.set(secretHash, key);
    return key;
  }
}
