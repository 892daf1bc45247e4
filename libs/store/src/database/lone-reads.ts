import type pg from "pg";
import { asAppError, readFault } from "./database-error.ts";
import { Pipeline } from "./pipeline.ts";
import { ENTER_TENANT, type Parameter, type Reads } from "./sql.ts";

/**
 * Reads of a tenant that are a transaction each: scope, statement and end travel together, one round trip. Failures come out as `AppError`s.
 * Not for statements that write or may wait for a lock.
 */
export function loneReads(pool: pg.Pool, tenantId: string): Reads {
  const rows: Reads["rows"] = async (text, parameters = []) => {
    try {
      return await readAlone(pool, tenantId, { text, parameters });
    } catch (error) {
      throw asAppError(error);
    }
  };
  return {
    rows,
    row: async <Row extends object>(text: string, parameters?: readonly Parameter[]) =>
      (await rows<Row>(text, parameters))[0] ?? null,
  };
}

/** A statement after a failed one is refused, so nothing is read outside the scope, and the COMMIT of a failed transaction rolls it back. */
async function readAlone<Row extends object>(
  pool: pg.Pool,
  tenantId: string,
  { text, parameters }: { readonly text: string; readonly parameters: readonly Parameter[] },
): Promise<Row[]> {
  const client = await pool.connect();
  const pipeline = new Pipeline(client);
  pipeline.sendPlain("BEGIN READ ONLY");
  void pipeline.send(ENTER_TENANT, [tenantId]);
  const reading = pipeline.rows<Row>(text, parameters);
  pipeline.sendPlain("COMMIT");
  const [read] = await Promise.allSettled([reading]);
  const failure = await pipeline.failure();
  client.release(readFault(failure)?.isConnectionLost === true);
  if (read.status === "rejected") throw await pipeline.rootOf(read.reason);
  return read.value;
}
