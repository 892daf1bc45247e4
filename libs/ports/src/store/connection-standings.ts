import type { CredentialState } from "@tandem/domain/tenant";
import type { Instant, Json } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** A connection as it stands: its newest credential, what its last test told, who uses it. */
export interface ConnectionStanding {
  readonly connectionId: string;
  /** The newest version, whatever became of it; null when none was ever stored. */
  readonly credential: {
    readonly version: number;
    readonly state: CredentialState;
    readonly detail: string | null;
    readonly since: Instant;
  } | null;
  readonly lastTest: {
    readonly checkId: string;
    readonly state: "pending" | "done" | "failed";
    readonly askedBy: string;
    readonly askedAt: Instant;
    readonly finishedAt: Instant | null;
    /** As the worker left it; null while it is pending and when it failed. */
    readonly result: Json;
    readonly code: string | null;
    readonly detail: string | null;
  } | null;
  readonly deployments: readonly {
    readonly name: string;
    readonly environment: string;
    readonly roles: readonly string[];
  }[];
}

/** How a tenant's connections stand. */
export interface ConnectionStandingReads {
  /** In the order of `listConnections`. */
  connectionStandings(actor: Actor, page: PageRequest): Promise<Page<ConnectionStanding>>;
  /** Null when there is no such connection. */
  connectionStanding(actor: Actor, connectionId: string): Promise<ConnectionStanding | null>;
}
