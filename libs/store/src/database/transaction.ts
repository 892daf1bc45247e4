import { AppError, fault } from "@tandem/kernel";
import type pg from "pg";
import { asAppError, readFault } from "./database-error.ts";
import { Pipeline } from "./pipeline.ts";
import { retrySerialization } from "./retry.ts";
import { ENTER_TENANT, type Parameter, prepared, type Sql } from "./sql.ts";

/** Under which tenant and role a transaction runs. Both end with the transaction. */
export interface Scope {
  /** Null only for roles whose policies do not go by tenant. */
  readonly tenantId: string | null;
  /** A role to become; the login role's own rights when absent. */
  readonly role?:
    | "tandem_platform"
    | "tandem_sweeper"
    | "tandem_retention"
    | "tandem_fleet"
    | "tandem_eraser"
    | "tandem_access"
    | "tandem_overview";
}

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
  const pipeline = new Pipeline(client);
  let broken: Error | undefined;
  try {
    enter(pipeline, scope);
    const result = await work(pipeline);
    await fault("store.commit.before");
    await commit(client, pipeline);
    return result;
  } catch (error) {
    const root = await pipeline.rootOf(error);
    broken = await leave(client);
    throw root;
  } finally {
    client.release(broken);
  }
}

/** Shares the first round trip of the work. A statement after a failed one is refused, so nothing runs outside its scope. */
function enter(pipeline: Pipeline, scope: Scope): void {
  pipeline.sendPlain("BEGIN");
  if (scope.role !== undefined) pipeline.sendPlain(`SET LOCAL ROLE ${scope.role}`);
  if (scope.tenantId !== null) void pipeline.send(ENTER_TENANT, [scope.tenantId]);
}

/** Together with what was sent and not waited for. A connection lost here leaves the outcome unknown. */
async function commit(client: pg.PoolClient, pipeline: Pipeline): Promise<void> {
  const committing = client.query("COMMIT");
  committing.catch(() => {});
  try {
    const failure = await pipeline.failure();
    const { command } = await committing;
    if (failure !== undefined) throw failure;
    if (command !== "COMMIT") throw new AppError("internal", "The transaction had failed and was rolled back.");
  } catch (error) {
    throw readFault(error)?.isConnectionLost === true ? asAppError(error, "unknown") : error;
  }
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
  parameters: readonly Parameter[],
): Promise<Row[]> {
  try {
    return (await prepared(pool, text, parameters)).rows as Row[];
  } catch (error) {
    throw asAppError(error);
  }
}
