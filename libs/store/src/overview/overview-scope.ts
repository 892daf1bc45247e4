import type { OverviewScope } from "@tandem/ports/store/overview";
import type pg from "pg";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";

const ENTER_PERSON = "SELECT set_config('app.person_id', $1, true)";

/** Reads in one tenant under its own rights, or in all tenants of a person under the role that row security shows just those. */
export const inOverview = <Result>(
  pool: pg.Pool,
  scope: OverviewScope,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> =>
  scope.kind === "tenant"
    ? inTransaction(pool, { tenantId: scope.tenantId }, work)
    : inTransaction(pool, { tenantId: null, role: "tandem_overview" }, async (sql) => {
        await sql.send(ENTER_PERSON, [scope.personId]);
        return work(sql);
      });
