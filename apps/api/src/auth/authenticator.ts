import { hash } from "node:crypto";
import { Inject, Injectable } from "@nestjs/common";
import { AppError } from "@tandem/kernel";
import type { ApiConfig } from "@tandem/config";
import type { Actor, ActorRole, ControlStore, Tenant } from "@tandem/ports/store/control";
import { hashApiKeySecret } from "@tandem/secrets";
import type { PersonIdentity } from "@tandem/ports/store/persons";
import { CONFIG, STORE } from "../tokens.ts";
import type { Permission } from "./permission.ts";
import { type AskingRequest, PersonAuthenticator } from "./person-authenticator.ts";
import { presentedKey } from "./presented-key.ts";

interface KnownKey {
  readonly keyId: string;
  readonly tenantId: string | null;
  readonly roles: readonly ActorRole[];
  readonly tenantStatus: Tenant["status"];
  readonly checkedAtMs: number;
}

/** Who asks, and how their tenant stands. */
export interface AuthenticatedActor extends Actor {
  readonly tenantStatus: Tenant["status"];
  /** Null: a key asks. */
  readonly person: PersonIdentity | null;
}

/** How long a looked-up key is believed: a revocation is in force after this time. */
const BELIEVED_MS = 900;
const MOST_KNOWN_KEYS = 10_000;

/**
 * Finds out who asks. Keys are looked up by the HMAC of their secret; the secret itself is never kept. A key that is still believed is
 * recognised by a plain digest of what was presented, which costs a tenth and tells as little of 256 random bits.
 */
@Injectable()
export class Authenticator {
  private readonly known = new Map<string, KnownKey>();

  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly persons: PersonAuthenticator,
  ) {}

  /** The actor of a request for what needs this permission: of a key, where one is presented, else of a person's session. Throws `unauthenticated`. */
  async actor(request: AskingRequest, needed: Permission): Promise<AuthenticatedActor> {
    const { authorization, "user-agent": userAgent } = request.headers;
    if (authorization === undefined && this.persons.isAsking(request)) return this.persons.actor(request, needed);
    return this.actorOfKey(authorization, userAgent, request.id);
  }

  private async actorOfKey(
    authorization: string | undefined,
    userAgent: string | undefined,
    requestId: string,
  ): Promise<AuthenticatedActor> {
    const key = await this.lookUp(authorization);
    return {
      tenantId: key.tenantId,
      subject: `key:${key.keyId}`,
      roles: key.roles,
      tenantStatus: key.tenantStatus,
      person: null,
      via: userAgent?.startsWith("tandem-cli/") === true ? "cli" : "api",
      requestId,
    };
  }

  private async lookUp(authorization: string | undefined): Promise<KnownKey> {
    const now = performance.now();
    const digest = hash("sha256", authorization ?? "", "base64");
    const known = this.known.get(digest);
    if (known !== undefined && now - known.checkedAtMs < BELIEVED_MS) return known;
    this.known.delete(digest);
    const { keyId, secret } = presentedKey(authorization);
    const found = await this.store.authenticate(keyId, hashApiKeySecret(this.config.keyPepper, secret));
    if (found === null) throw new AppError("unauthenticated", "The API key is unknown, expired or revoked");
    const { tenantId, roles, tenantStatus } = found;
    const key = { keyId, tenantId, roles, tenantStatus, checkedAtMs: now };
    if (this.known.size >= MOST_KNOWN_KEYS) this.known.clear();
    this.known.set(digest, key);
    return key;
  }
}
