import type { Actor } from "@tandem/ports/store/control";
import { entryOf, type PersonalEntry } from "../audit/facts.ts";
import type { ControlContext } from "../control/context.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction, type Scope } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";

/** Persons and their sessions are the platform's; they are read and written under a role of their own. */
export const ACCESS: Scope = { tenantId: PLATFORM_TENANT_ID, role: "tandem_access" };

/** Where an actor's memberships are: a tenant's under its own rights, the platform's under the role for persons. */
export const membershipScope = (actor: Actor): Scope =>
  actor.tenantId === null ? ACCESS : { tenantId: actor.tenantId };

export const inAccess = <Result>(context: ControlContext, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
  inTransaction(context.pool, ACCESS, work);

/** A person's doing about themselves. */
export const personalActor = (personId: string, requestId: string): Actor => ({
  tenantId: null,
  subject: personSubject(personId),
  roles: [],
  via: "ui",
  requestId,
});

/** Whoever asks before it is known who they are; nothing is accounted for under this name. */
export const anybody = (requestId: string): Actor => ({ ...personalActor("nobody", requestId) });

export const personSubject = (personId: string): string => `person:${personId}`;
export const personObject = (personId: string): string => `person/${personId}`;

/** What a change of persons writes beside its rows. */
export interface AccessChange {
  readonly sql: Sql;
  readonly closing: ClosingWrites;
  audit(entry: PersonalEntry, actor?: Actor): void;
}

/** A change under the role for persons, with its audit rows in the platform's chain. */
export const changeAccess = <Result>(
  context: ControlContext,
  actor: Actor,
  work: (change: AccessChange) => Promise<Result>,
): Promise<Result> =>
  inAccess(context, async (sql) => {
    const closing = new ClosingWrites(sql, PLATFORM_TENANT_ID);
    const audit = (entry: PersonalEntry, as = actor) => closing.audit(entryOf(as, entry), as.requestId);
    const result = await work({ sql, closing, audit });
    await closing.write(context.options.newId);
    return result;
  });
