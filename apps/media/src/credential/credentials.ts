import { AppError } from "@tandem/kernel";
import type { ServedConnection } from "@tandem/ports/store/pointer-feed";
import type { CredentialSecrets } from "@tandem/ports/inbound";
import type { Opener } from "@tandem/secrets";
import type { Logger } from "@tandem/telemetry";

interface Opened {
  readonly openedAtMs: number;
  readonly secrets: Promise<CredentialSecrets>;
}

const KEPT_MS = 15 * 60_000;

/** Opens sealed credentials once and keeps them for at most fifteen minutes: a revoked key is forgotten, an unavailable key service is bridged. */
export class Credentials {
  readonly #opener: Opener;
  readonly #log: Pick<Logger, "warn">;
  readonly #now: () => number;
  readonly #opened = new Map<string, Opened>();
  /** Versions whose failure was told. */
  readonly #told = new Set<string>();

  constructor(opener: Opener, log: Pick<Logger, "warn">, now: () => number = Date.now) {
    this.#opener = opener;
    this.#log = log;
    this.#now = now;
  }

  /** Secrets in force. Throws `connection_unsealed`. */
  current(tenantId: string, connectionId: string, connection: ServedConnection): Promise<CredentialSecrets> {
    return this.#open(tenantId, connectionId, connection.credentialVersion, connection.sealed);
  }

  /** Secrets to accept from outside: those in force and, while a rotation overlaps, the version before. */
  async accepted(
    tenantId: string,
    connectionId: string,
    connection: ServedConnection,
  ): Promise<readonly CredentialSecrets[]> {
    const current = await this.current(tenantId, connectionId, connection);
    if (connection.previousSealed === null) return [current];
    const version = connection.previousVersion ?? connection.credentialVersion - 1;
    const previous = await this.#open(tenantId, connectionId, version, connection.previousSealed).catch(
      (error: unknown) => this.#tell({ tenantId, connectionId, version }, error),
    );
    if (previous === null) return [current];
    this.#told.delete(`${connectionId}/${version}`);
    return [current, previous];
  }

  /** Once for each version: it is tried again with every request. */
  #tell(identity: { tenantId: string; connectionId: string; version: number }, error: unknown): null {
    const key = `${identity.connectionId}/${identity.version}`;
    if (this.#told.has(key)) return null;
    this.#told.add(key);
    const code = error instanceof AppError ? error.code : "internal";
    this.#log.warn(
      { ...identity, code },
      "the credential version before does not open: what is signed with it is refused",
    );
    return null;
  }

  #open(tenantId: string, connectionId: string, version: number, sealed: string): Promise<CredentialSecrets> {
    const key = `${connectionId}/${version}`;
    const nowMs = this.#now();
    const present = this.#opened.get(key);
    if (present !== undefined && nowMs - present.openedAtMs < KEPT_MS) return present.secrets;
    for (const [other, { openedAtMs }] of this.#opened) if (nowMs - openedAtMs >= KEPT_MS) this.#opened.delete(other);
    const secrets = this.#opener.open({ tenantId, connectionId, version }, sealed);
    this.#opened.set(key, { openedAtMs: nowMs, secrets });
    secrets.catch(() => this.#opened.delete(key));
    return secrets;
  }
}
