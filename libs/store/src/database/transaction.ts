import { AppError, fault } from "@tandem/kernel";
import type pg from "pg";
import { asAppError } from "./database-error.ts";
import { retrySerialization } from "./retry.ts";
import { type Sql, sqlOn } from "./sql.ts";

/** Under which tenant and role a transaction runs. Both end with the transaction. */
export interface Scope {
  /** Null only for roles whose policies do not go by tenant. */
  readonly tenantId: string | null;
  /** A role to become; the login role's own rights when absent. */
  readonly role?: "tandem_platform" | "tandem_sweeper";
}

const ENTER_TENANT = "SELECT set_config('app.tenant_id', $1, true)";

/**
 * Runs `work` in one transaction. Serialization failures and deadlocks are done again, so `work` must be repeatable. Failures of the
 * database come out as `AppError`s; a connection lost while committing as `database_unavailable` with outcome `unknown`.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  scope: Scope,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  try {
    return await retrySerialization(() => attempt(pool, scope, work));
  } catch (error) {
    throw asAppError(error);
  }
}

async function attempt<Result>(pool: pg.Pool, scope: Scope, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await enter(client, scope);
    const result = await work(sqlOn(client));
    await fault("store.commit.before");
    await commit(client);
    return result;
  } catch (error) {
    broken = await leave(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** All in one round trip. A statement after a failed one is refused by the server, so nothing runs outside its scope. */
async function enter(client: pg.PoolClient, scope: Scope): Promise<void> {
  const sent: Promise<unknown>[] = [client.query("BEGIN")];
  if (scope.role !== undefined) sent.push(client.query(`SET LOCAL ROLE ${scope.role}`));
  if (scope.tenantId !== null) sent.push(sqlOn(client).run(ENTER_TENANT, [scope.tenantId]));
  const failed = (await Promise.allSettled(sent)).find((each) => each.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function commit(client: pg.PoolClient): Promise<void> {
  let answer: pg.QueryResult;
  try {
    answer = await client.query("COMMIT");
  } catch (error) {
    throw asAppError(error, "unknown");
  }
  if (answer.command !== "COMMIT") throw new AppError("internal", "The transaction had failed and was rolled back.");
}

/** Rolls back; the error to destroy the connection with when even that fails. */
async function leave(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("ROLLBACK");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** One statement as its own transaction, for functions that set their scope themselves and for roles without tenant. */
export async function singleStatement<Row extends object>(
  pool: pg.Pool,
  text: string,
  parameters: Parameters<Sql["rows"]>[1],
): Promise<Row[]> {
  try {
    return await sqlOn(pool as unknown as Pick<pg.ClientBase, "query">).rows<Row>(text, parameters);
  } catch (error) {
    throw asAppError(error);
  }
}
