import { AppError } from "@tandem/kernel";
import type { Actor, Tenant } from "@tandem/ports/store/control";
import { type ControlContext, requirePlatform, UUID } from "../control/context.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { inBothChains, tellMedia } from "./both-chains.ts";

interface TenantRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: Tenant["status"];
  readonly created_at: Timestamp;
}

export const tenantOfRow = (row: TenantRow): Tenant => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  status: row.status,
  createdAt: instantOf(row.created_at),
});

const READ = "SELECT * FROM tenant WHERE id = $1";
const LOCK = "SELECT * FROM tenant WHERE id = $1 FOR NO KEY UPDATE";
const SET = "UPDATE tenant SET status = $2 WHERE id = $1 RETURNING *";

export const noSuchTenant = (): AppError => new AppError("not_found", "There is no such tenant.");

/** The tenant's row, held until the transaction ends; the platform's role only. Throws `not_found`. */
export async function lockTenant(sql: Sql, tenantId: string): Promise<Tenant> {
  const row =
    UUID.test(tenantId) && tenantId !== PLATFORM_TENANT_ID ? await sql.row<TenantRow>(LOCK, [tenantId]) : null;
  if (row === null) throw noSuchTenant();
  return tenantOfRow(row);
}

export async function writeTenantStatus(sql: Sql, tenantId: string, status: Tenant["status"]): Promise<Tenant> {
  const row = await sql.row<TenantRow>(SET, [tenantId, status]);
  if (row === null) throw noSuchTenant();
  return tenantOfRow(row);
}

/** Null for what the asker may not see. */
export async function readTenant(context: ControlContext, actor: Actor, tenantId: string): Promise<Tenant | null> {
  if (!UUID.test(tenantId) || tenantId === PLATFORM_TENANT_ID) return null;
  const isPlatform = actor.tenantId === null;
  if (!isPlatform && actor.tenantId !== tenantId) return null;
  const scope = isPlatform ? { tenantId: PLATFORM_TENANT_ID, role: "tandem_platform" as const } : { tenantId };
  const row = await inTransaction(context.pool, scope, (sql) => sql.row<TenantRow>(READ, [tenantId]));
  return row === null ? null : tenantOfRow(row);
}

/** Suspends or reactivates: one row tells everybody, so that nothing has to be put back one by one. */
export function setTenantStatus(
  context: ControlContext,
  actor: Actor,
  tenantId: string,
  { status, reason }: { readonly status: "active" | "suspended"; readonly reason: string | null },
): Promise<Tenant> {
  requirePlatform(actor);
  const action = `tenant.${status === "active" ? "reactivated" : "suspended"}`;
  const facts = { action, object: `tenant/${tenantId}`, after: status, ...(reason !== null && { reason }) };
  return inBothChains(
    context,
    { actor, tenantId },
    {
      ofPlatform: async ({ sql, audit }) => {
        const before = await lockTenant(sql, tenantId);
        if (before.status === "offboarding" || before.status === "offboarded")
          throw new AppError("conflict", "The tenant is leaving or has left: stop its off-boarding instead.");
        audit({ ...facts, before: before.status });
        return { before, after: await writeTenantStatus(sql, tenantId, status) };
      },
      ofTenant: async (side, { before, after }) => {
        side.audit({ ...facts, before: before.status });
        side.closing.enqueue(action, { actor: actor.subject });
        await tellMedia(side, tenantId);
        return after;
      },
    },
  );
}
