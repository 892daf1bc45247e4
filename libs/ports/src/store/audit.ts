import type { AuditCheckpoint, AuditExportLine } from "@tandem/domain/audit";
import type { Actor, AuditRow, Page, PageRequest } from "./control.ts";

/** What else is read of the audit log. */
export interface AuditReads {
  /** Newest first. */
  auditCheckpoints(actor: Actor, page: PageRequest): Promise<Page<AuditCheckpoint>>;
  /** The chain from its beginning with its checkpoints, read as it is taken: a few hundred rows in memory at a time. */
  exportAudit(actor: Actor): AsyncIterable<AuditExportLine>;
  /** Rows about these objects (`rollout/<id>`, `deployment/<id>`), oldest first, from a number on; `limit` at most. */
  auditOf(
    actor: Actor,
    query: { readonly objects: readonly string[]; readonly fromSeq: number; readonly limit: number },
  ): Promise<readonly AuditRow[]>;
}
