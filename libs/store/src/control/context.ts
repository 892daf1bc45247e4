import { AppError } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "@tandem/ports/store/control";
import type pg from "pg";
import { entryOf, type PersonalEntry } from "../audit/facts.ts";
import { sqlOfPrisma } from "../database/prisma-sql.ts";
import type { TenantDb, TenantTransaction } from "../database/tenant-db.ts";
import { inTransaction, type Scope } from "../database/transaction.ts";
import type { Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { lockDeployment } from "../journal/deployment-lock.ts";
import { DeploymentTransaction } from "../journal/deployment-transaction.ts";
import type { ResolvedOptions } from "../options.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import type { ViewCaches } from "../rollouts/view.ts";

/** What the control store's methods share. */
export interface ControlContext {
  readonly pool: pg.Pool;
  readonly db: TenantDb;
  readonly caches: ViewCaches;
  readonly options: ResolvedOptions;
}

export const tenantOf = (actor: Actor): string => actor.tenantId ?? PLATFORM_TENANT_ID;

/** The tenant of an actor that must have one. */
export function requireTenant(actor: Actor): string {
  if (actor.tenantId === null)
    throw new AppError("forbidden", "A platform key works on the platform, not inside a tenant.", {
      details: { allowed: [] },
    });
  return actor.tenantId;
}

export function requirePlatform(actor: Actor): void {
  if (actor.tenantId !== null)
    throw new AppError("forbidden", "Only the platform may do this.", { details: { allowed: ["platform-admin"] } });
}

export const scopeOf = (actor: Actor): Scope =>
  actor.tenantId === null ? { tenantId: PLATFORM_TENANT_ID, role: "tandem_platform" } : { tenantId: actor.tenantId };

/** Id of what a request creates: the same one when the request is done again after a crash. */
export const effectIdOf = (context: Pick<ControlContext, "options">, actor: Actor): string =>
  actor.effectId ?? context.options.newId();

/** A person's writes in one transaction: rows, then messages and notices, then the audit row. */
export interface PersonalChange {
  readonly transaction: TenantTransaction;
  readonly sql: Sql;
  readonly closing: ClosingWrites;
  audit(entry: PersonalEntry): void;
}

/** A change through Prisma in the actor's tenant, or in `scope`. */
export async function change<Result>(
  context: ControlContext,
  actor: Actor,
  work: (change: PersonalChange) => Promise<Result>,
  scope = scopeOf(actor),
): Promise<Result> {
  return context.db.run(scope, async (transaction) => {
    const sql = sqlOfPrisma(transaction);
    const closing = new ClosingWrites(sql, scope.tenantId ?? PLATFORM_TENANT_ID);
    const audit = (entry: PersonalEntry) => closing.audit(entryOf(actor, entry), actor.requestId);
    const result = await work({ transaction, sql, closing, audit });
    await closing.write(context.options.newId);
    return result;
  });
}

/** Reading through Prisma in the actor's tenant. */
export const read = <Result>(
  context: ControlContext,
  actor: Actor,
  work: (transaction: TenantTransaction) => Promise<Result>,
): Promise<Result> => context.db.run(scopeOf(actor), work);

/** Statements in the actor's tenant. */
export const inActorsTenant = async <Result>(
  context: ControlContext,
  actor: Actor,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> => inTransaction(context.pool, { tenantId: requireTenant(actor) }, work);

/** Statements in the actor's tenant, or on the platform's own rows. */
export const inActorsScope = <Result>(
  context: ControlContext,
  actor: Actor,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> => inTransaction(context.pool, scopeOf(actor), work);

/** A person's writes to a deployment, under its row lock. */
export interface LockedChange {
  readonly sql: Sql;
  readonly transaction: DeploymentTransaction;
  audit(entry: PersonalEntry): void;
}

export async function changeDeployment<Result>(
  context: ControlContext,
  actor: Actor,
  deploymentId: string,
  work: (change: LockedChange) => Promise<Result>,
): Promise<Result> {
  return inActorsTenant(context, actor, async (sql) => {
    const transaction = new DeploymentTransaction(sql, await lockDeployment(sql, requireTenant(actor), deploymentId));
    const audit = (entry: PersonalEntry) => transaction.closing.audit(entryOf(actor, entry), actor.requestId);
    const result = await work({ sql, transaction, audit });
    await transaction.close(context.options.newId);
    return result;
  });
}

const MOST_PER_PAGE = 200;

/** How many rows to read for a page: one more than it shows, to know whether there is a next one. */
export const pageSize = (page: PageRequest): number => Math.min(Math.max(Math.trunc(page.limit), 1), MOST_PER_PAGE) + 1;

/** Cuts the extra row off and makes the cursor from the last one shown. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  page: PageRequest,
  itemOf: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Page<Item> {
  const shown = rows.slice(0, pageSize(page) - 1);
  const last = shown.at(-1);
  const next =
    rows.length > shown.length && last !== undefined ? Buffer.from(cursorOf(last)).toString("base64url") : null;
  return { items: shown.map(itemOf), next };
}

/** The text behind a cursor that must match `form`; null at the beginning. Throws `invalid_input`. */
export function cursorText(page: PageRequest, form: RegExp): string | null {
  if (page.cursor === null) return null;
  const text = Buffer.from(page.cursor, "base64url").toString();
  if (!form.test(text))
    throw new AppError("invalid_input", "The cursor is not one of ours.", { details: { field: "cursor" } });
  return text;
}

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
