import type pg from "pg";
import { inTransaction } from "./database/transaction.ts";

const SEALED = `
  SELECT version, sealed FROM credential_version
  WHERE tenant_id = $1 AND connection_id = $2 AND state = 'in-force' AND sealed <> '' LIMIT 1`;
const SEALED_PENDING = `
  SELECT version, sealed FROM credential_version WHERE tenant_id = $1 AND connection_id = $2 AND state = 'pending' LIMIT 1`;

/** The sealed credential in force. Read as `tandem_sweeper`: the rights that api and worker have in common do not reach it. */
export const readSealedCredential = (pool: pg.Pool, tenantId: string, connectionId: string) =>
  read(pool, SEALED, tenantId, connectionId);

/** The one that waits to be verified. */
export const readPendingCredential = (pool: pg.Pool, tenantId: string, connectionId: string) =>
  read(pool, SEALED_PENDING, tenantId, connectionId);

const read = (pool: pg.Pool, text: string, tenantId: string, connectionId: string) =>
  inTransaction(pool, { tenantId, role: "tandem_sweeper" }, (sql) =>
    sql.row<{ version: number; sealed: string }>(text, [tenantId, connectionId]),
  );
