import type { Actor } from "@tandem/ports/store/control";
import type { PersonalEntry } from "../audit/facts.ts";
import { entryOf } from "../audit/facts.ts";
import type { ControlContext } from "../control/context.ts";
import { ENTER_TENANT, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";

/** One side of a change that the platform and a tenant both account for. */
export interface ChainSide {
  readonly sql: Sql;
  readonly closing: ClosingWrites;
  audit(entry: PersonalEntry): void;
}

/** Goes on in the same transaction within a tenant, under another role or (null) with the login's own rights. */
export async function becomeIn(sql: Sql, tenantId: string, role: string | null): Promise<void> {
  await sql.run(role === null ? "SET LOCAL ROLE NONE" : `SET LOCAL ROLE ${role}`);
  await sql.rows(ENTER_TENANT, [tenantId]);
}

/**
 * One transaction about a tenant with an audit row in the platform's chain and one in the tenant's: `ofPlatform` sees and changes tenants,
 * `ofTenant` the tenant's own rows.
 */
export function inBothChains<Known, Result>(
  context: ControlContext,
  { actor, tenantId }: { readonly actor: Actor; readonly tenantId: string },
  work: {
    ofPlatform(side: ChainSide): Promise<Known>;
    ofTenant(side: ChainSide, known: Known): Promise<Result>;
  },
): Promise<Result> {
  return inTransaction(context.pool, { tenantId: PLATFORM_TENANT_ID, role: "tandem_platform" }, async (sql) => {
    const platform = sideOf(sql, PLATFORM_TENANT_ID, actor);
    const known = await work.ofPlatform(platform);
    await platform.closing.write(context.options.newId);
    await becomeIn(sql, tenantId, null);
    const own = sideOf(sql, tenantId, actor);
    const result = await work.ofTenant(own, known);
    await own.closing.write(context.options.newId);
    return result;
  });
}

function sideOf(sql: Sql, tenantId: string, actor: Actor): ChainSide {
  const closing = new ClosingWrites(sql, tenantId);
  return { sql, closing, audit: (entry) => closing.audit(entryOf(actor, entry), actor.requestId) };
}

const TELL_MEDIA = `
  UPDATE deployment SET credential_serial = credential_serial + 1
  WHERE tenant_id = $1 AND id IN (SELECT id FROM deployment WHERE tenant_id = $1 ORDER BY id FOR NO KEY UPDATE) RETURNING id`;

/** Lets every node read every deployment of the tenant anew, now. */
export async function tellMedia({ sql, closing }: ChainSide, tenantId: string): Promise<void> {
  for (const { id } of await sql.rows<{ id: string }>(TELL_MEDIA, [tenantId])) {
    closing.notify("pointer", id);
    closing.notifyWork({ tenantId, deploymentId: id, commandId: null });
  }
}
