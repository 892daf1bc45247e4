import type { Instant } from "@tandem/kernel";
import type { AuditCheckpoint, AuditExportLine } from "@tandem/domain/audit";
import type { Actor, AuditRow, Page, PageRequest } from "./control.ts";

/** What is looked for in the audit log; absent members let all pass. */
export interface AuditFilter {
  /** Exactly, e.g. `key:4f…` or `person:…`. */
  readonly actor?: string;
  /** An action or a family of them: `rollout.approved`, `rollout`. */
  readonly action?: string;
  /** An object or a kind of them: `deployment/<id>`, `deployment`. */
  readonly object?: string;
  /** Written at or after. */
  readonly from?: Instant;
  /** Written before. */
  readonly to?: Instant;
  /** Part of the actor, the action, the object or the reason, whatever the case. */
  readonly text?: string;
}

/** What else is read of the audit log. */
export interface AuditReads {
  /** Newest first. */
  auditCheckpoints(actor: Actor, page: PageRequest): Promise<Page<AuditCheckpoint>>;
  /**
   * Rows that fit, newest first. One page looks at a bounded number of rows: it may hold few or none and still have a next one, which
   * looks on further back.
   */
  searchAudit(actor: Actor, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;
  /** The chain from its beginning with its checkpoints, read as it is taken: a few hundred rows in memory at a time. */
  exportAudit(actor: Actor): AsyncIterable<AuditExportLine>;
  /** Rows about these objects (`rollout/<id>`, `deployment/<id>`), oldest first, from a number on; `limit` at most. */
  auditOf(
    actor: Actor,
    query: { readonly objects: readonly string[]; readonly fromSeq: number; readonly limit: number },
  ): Promise<readonly AuditRow[]>;
}
