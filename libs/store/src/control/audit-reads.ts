import type { AuditExportLine } from "@tandem/domain/audit";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import {
  checkpointOf,
  type CheckpointRow,
  checkpointsWithin,
  linkOf,
  linksAfter,
  recordedHead,
} from "../audit/chain-rows.ts";
import { inTransaction } from "../database/transaction.ts";
import { searchAudit } from "./audit-search.ts";
import { type ControlContext, cursorText, pageSize, requireTenant, scopeOf, tenantOf, toPage } from "./context.ts";

const NUMBER = /^\d{1,9}$/;
const ROWS_AT_A_TIME = 500;
const CHECKPOINTS = `
  SELECT * FROM audit_checkpoint WHERE tenant_id = $1 AND ($2::int IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3`;
const OF_OBJECTS = `
  SELECT * FROM audit WHERE tenant_id = $1 AND seq >= $3 AND object = ANY($2::text[]) ORDER BY seq LIMIT $4`;

export function auditReadMethods(
  context: ControlContext,
): Pick<ControlStore, "auditCheckpoints" | "exportAudit" | "auditOf" | "searchAudit"> {
  return {
    searchAudit: (actor, filter, page) => searchAudit(context, actor, filter, page),
    auditCheckpoints: async (actor, page) => {
      const before = cursorText(page, NUMBER);
      const parameters = [tenantOf(actor), before === null ? null : Number(before), pageSize(page)];
      const rows = await inTransaction(context.pool, scopeOf(actor), (sql) =>
        sql.rows<CheckpointRow>(CHECKPOINTS, parameters),
      );
      return toPage(rows, page, checkpointOf, ({ seq }) => String(seq));
    },
    exportAudit: (actor) => exportLines(context, actor),
    auditOf: async (actor, { objects, fromSeq, limit }) => {
      const parameters = [requireTenant(actor), objects, fromSeq, limit];
      const rows = await inTransaction(context.pool, scopeOf(actor), (sql) =>
        sql.rows<Parameters<typeof linkOf>[0]>(OF_OBJECTS, parameters),
      );
      return rows.map((row) => {
        const { tenantId: _tenant, ...shown } = linkOf(row);
        return shown;
      });
    },
  };
}

/** The end is read first, so that an export is whole however much is written meanwhile; rows up to it can no longer change. */
async function* exportLines({ pool }: ControlContext, actor: Actor): AsyncGenerator<AuditExportLine> {
  const [tenantId, scope] = [tenantOf(actor), scopeOf(actor)];
  const head = await inTransaction(pool, scope, (sql) => recordedHead(sql, tenantId));
  yield { line: "begin", format: "tandem-audit-1", tenantId, keyId: null };
  const end = head?.seq ?? 0;
  let [seq, rows] = [0, 0];
  while (seq < end) {
    const after = seq;
    const [links, checkpoints] = await inTransaction(pool, scope, async (sql) => {
      const read = await linksAfter(sql, tenantId, after, Math.min(ROWS_AT_A_TIME, end - after));
      return [read, await checkpointsWithin(sql, tenantId, [after, read.at(-1)?.seq ?? after])] as const;
    });
    if (links.length === 0) break; // rows are missing: the end that follows tells
    const bySeq = new Map(checkpoints.map((checkpoint) => [checkpoint.seq, checkpoint]));
    for (const row of links) {
      yield { line: "row", row };
      const checkpoint = bySeq.get(row.seq);
      if (checkpoint !== undefined) yield { line: "checkpoint", checkpoint };
    }
    rows += links.length;
    seq = links.at(-1)?.seq ?? end;
  }
  yield { line: "end", rows, head };
}
