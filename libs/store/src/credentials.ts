import type pg from "pg";
import { inTransaction } from "./database/transaction.ts";

const SEALED = `
  SELECT version, sealed FROM credential_version WHERE tenant_id = $1 AND connection_id = $2 ORDER BY version DESC LIMIT 1`;

/** The sealed credential in force. Read as `tandem_sweeper`: the rights that api and worker have in common do not reach it. */
export const readSealedCredential = (pool: pg.Pool, tenantId: string, connectionId: string) =>
  inTransaction(pool, { tenantId, role: "tandem_sweeper" }, (sql) =>
    sql.row<{ version: number; sealed: string }>(SEALED, [tenantId, connectionId]),
  );
