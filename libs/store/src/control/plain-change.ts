import type { Actor } from "@tandem/ports/store/control";
import { entryOf, type PersonalEntry } from "../audit/facts.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction, type Scope } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { type ControlContext, scopeOf } from "./context.ts";

/** A person's writes in statements: rows, then messages and notices, then the audit row. */
export interface PlainChange {
  readonly sql: Sql;
  readonly closing: ClosingWrites;
  audit(entry: PersonalEntry): void;
}

/** A change, or a read, in the actor's tenant (the platform's for a platform key), or in `scope`. */
export const plainChange = <Result>(
  context: ControlContext,
  actor: Actor,
  work: (change: PlainChange) => Promise<Result>,
  scope: Scope = scopeOf(actor),
): Promise<Result> =>
  inTransaction(context.pool, scope, async (sql) => {
    const closing = new ClosingWrites(sql, scope.tenantId ?? PLATFORM_TENANT_ID);
    const audit = (entry: PersonalEntry) => closing.audit(entryOf(actor, entry), actor.requestId);
    const result = await work({ sql, closing, audit });
    await closing.write(context.options.newId);
    return result;
  });
