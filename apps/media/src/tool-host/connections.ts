import { AppError, type Clock } from "@tandem/kernel";
import type { Adapter, OpenConnection } from "@tandem/ports/adapter";
import type { Opener } from "@tandem/secrets";
import type { JobConnection } from "./tool-job.ts";

interface Kept {
  readonly openedAtMs: number;
  readonly connection: Promise<OpenConnection>;
}

/** Credentials are forgotten after this time; the next job opens the connection anew. */
const KEPT_MS = 15 * 60_000;

export interface ConnectionsOptions {
  readonly opener: Opener;
  readonly loadAdapter: (vendor: string) => Promise<Adapter>;
  readonly sandboxOrigins: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/** Open vendor connections of the tool host, one per connection and credential version. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  open(wanted: JobConnection): Promise<OpenConnection> {
    const { served } = wanted;
    const key = JSON.stringify([wanted.connectionId, served.credentialVersion, served.endpoint, served.config]);
    const nowMs = this.#options.clock.now();
    const present = this.#kept.get(key);
    if (present !== undefined && nowMs - present.openedAtMs < KEPT_MS) return present.connection;
    this.#closeOld(nowMs);
    const connection = this.#open(wanted);
    this.#kept.set(key, { openedAtMs: nowMs, connection });
    connection.catch(() => this.#kept.delete(key));
    return connection;
  }

  async #open({ tenantId, connectionId, served }: JobConnection): Promise<OpenConnection> {
    const { opener, loadAdapter, sandboxOrigins, deadlineMs, clock } = this.#options;
    const secrets = await opener.open({ tenantId, connectionId, version: served.credentialVersion }, served.sealed);
    const baseUrl = served.endpoint === "sandbox" ? sandboxOrigins[served.vendor] : null;
    if (baseUrl === undefined)
      throw new AppError("config_invalid", `no sandbox origin is configured for ${served.vendor}`);
    const adapter = await loadAdapter(served.vendor);
    return adapter.open({ connectionId, config: served.config, secrets, baseUrl, clock, deadlineMs });
  }

  #closeOld(nowMs: number): void {
    for (const [key, { openedAtMs, connection }] of this.#kept) {
      if (nowMs - openedAtMs < KEPT_MS) continue;
      this.#kept.delete(key);
      connection.then((open) => open.close()).catch(() => undefined);
    }
  }
}
