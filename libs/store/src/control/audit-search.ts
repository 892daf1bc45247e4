import type { Actor, AuditRow, Page, PageRequest } from "@tandem/ports/store/control";
import type { AuditFilter } from "@tandem/ports/store/audit";
import { inTransaction } from "../database/transaction.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { type ControlContext, cursorText, pageSize, scopeOf, tenantOf } from "./context.ts";

/** Rows that one page looks at, at most: a search for what is rare is bounded, however long the log is. */
export const ROWS_LOOKED_AT = 20_000;

const NUMBER = /^\d{1,9}$/;
// `$2` first number that is not looked at any more, `$3` first number that is.
const SEARCH = `
  SELECT seq, at, actor, via, action, object, before_hash AS "beforeHash", after_hash AS "afterHash", reason, request_id AS "requestId",
    prev_hash AS "prevHash", hash
  FROM audit WHERE tenant_id = $1 AND seq < $2 AND seq >= $3
    AND ($4::text IS NULL OR actor = $4)
    AND ($5::text IS NULL OR action = $5 OR starts_with(action, $5 || '.'))
    AND ($6::text IS NULL OR object = $6 OR starts_with(object, $6 || '/'))
    AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
    AND ($9::text IS NULL OR actor ILIKE $9 OR action ILIKE $9 OR object ILIKE $9 OR reason ILIKE $9)
  ORDER BY seq DESC LIMIT $10`;
const HEAD = "SELECT seq FROM audit_head WHERE tenant_id = $1";

type Row = Omit<AuditRow, "at"> & { readonly at: Timestamp };

/** As `ControlStore.searchAudit`. */
export async function searchAudit(
  { pool }: Pick<ControlContext, "pool">,
  actor: Actor,
  filter: AuditFilter,
  page: PageRequest,
): Promise<Page<AuditRow>> {
  const [tenantId, before] = [tenantOf(actor), cursorText(page, NUMBER)];
  return inTransaction(pool, scopeOf(actor), async (sql) => {
    const end = before === null ? ((await sql.row<{ seq: number }>(HEAD, [tenantId]))?.seq ?? 0) + 1 : Number(before);
    const begin = Math.max(1, end - ROWS_LOOKED_AT);
    const rows = await sql.rows<Row>(SEARCH, [tenantId, end, begin, ...valuesOf(filter), pageSize(page)]);
    const shown = rows.slice(0, pageSize(page) - 1);
    const isCut = rows.length > shown.length;
    const lookOnAt = isCut ? (shown.at(-1)?.seq ?? begin) : begin;
    return {
      items: shown.map((row) => ({ ...row, at: instantOf(row.at) })),
      next: lookOnAt > 1 ? Buffer.from(String(lookOnAt)).toString("base64url") : null,
    };
  });
}

const valuesOf = ({ actor, action, object, from, to, text }: AuditFilter) => [
  actor ?? null,
  action ?? null,
  object ?? null,
  from ?? null,
  to ?? null,
  text === undefined ? null : `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`,
];
