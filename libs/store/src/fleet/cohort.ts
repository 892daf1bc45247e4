import { AppError } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { CohortWish, FleetRequests } from "@tandem/ports/store/fleet";
import { entryOf } from "../audit/facts.ts";
import { type ControlContext, requirePlatform } from "../control/context.ts";
import { inTransaction, type Scope } from "../database/transaction.ts";
import type { Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";

const PUT = `
  INSERT INTO early_access (tenant_id, subject_id, is_member, set_by) VALUES ($1, $2, $3, $4)
  ON CONFLICT (tenant_id, subject_id) DO UPDATE SET is_member = $3, set_by = $4, set_at = clock_timestamp()`;
const REMOVE = "DELETE FROM early_access WHERE tenant_id = $1 AND subject_id = $2";
const LIST = "SELECT subject_id, is_member FROM early_access WHERE tenant_id = $1 ORDER BY subject_id";
const IS_TENANT = "SELECT 1 FROM tenant WHERE id = $1";
const IS_DEPLOYMENT = "SELECT 1 FROM deployment WHERE tenant_id = $1 AND id = $2";
const UNTAG = "DELETE FROM tenant_tag WHERE tenant_id = $1 AND NOT tag = ANY ($2)";
const TAG = "INSERT INTO tenant_tag (tenant_id, tag) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING";

/** The platform acts for any tenant, a tenant for itself; the account goes into that tenant's chain. */
function scopeFor(actor: Actor, tenantId: string): Scope {
  if (actor.tenantId === null) return { tenantId, role: "tandem_fleet" };
  if (actor.tenantId !== tenantId) throw new AppError("not_found", "There is no such tenant.");
  return { tenantId };
}

export function cohortMethods(context: ControlContext): Pick<FleetRequests, "setCohort" | "cohort" | "tagTenant"> {
  const within = <Result>(actor: Actor, tenantId: string, work: (sql: Sql) => Promise<Result>) =>
    inTransaction(context.pool, scopeFor(actor, tenantId), work);
  return {
    setCohort: async (actor, wish) => within(actor, wish.tenantId, (sql) => setCohort(context, actor, sql, wish)),
    cohort: async (actor, tenantId) =>
      within(actor, tenantId, async (sql) => {
        const rows = await sql.rows<{ subject_id: string; is_member: boolean }>(LIST, [tenantId]);
        return rows.map(({ subject_id: subjectId, is_member: isMember }) => ({
          deploymentId: subjectId === tenantId ? null : subjectId,
          isMember,
        }));
      }),
    tagTenant: async (actor, tenantId, tags) => {
      requirePlatform(actor);
      return within(actor, tenantId, (sql) => tagTenant(context, actor, sql, { tenantId, tags }));
    },
  };
}

async function setCohort(context: ControlContext, actor: Actor, sql: Sql, wish: CohortWish): Promise<void> {
  const { tenantId, deploymentId, isMember } = wish;
  await requireSubject(sql, tenantId, deploymentId);
  const subjectId = deploymentId ?? tenantId;
  if (isMember === null) await sql.run(REMOVE, [tenantId, subjectId]);
  else await sql.run(PUT, [tenantId, subjectId, isMember, actor.subject]);
  const object = deploymentId === null ? `tenant/${tenantId}` : `deployment/${deploymentId}`;
  const closing = new ClosingWrites(sql, tenantId);
  closing.audit(entryOf(actor, { action: "early-access.set", object, after: { isMember } }), actor.requestId);
  await closing.write(context.options.newId);
}

async function requireSubject(sql: Sql, tenantId: string, deploymentId: string | null): Promise<void> {
  const found =
    deploymentId === null
      ? await sql.row(IS_TENANT, [tenantId])
      : await sql.row(IS_DEPLOYMENT, [tenantId, deploymentId]);
  if (found === null)
    throw new AppError("not_found", `There is no such ${deploymentId === null ? "tenant" : "deployment"}.`);
}

async function tagTenant(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  { tenantId, tags }: { readonly tenantId: string; readonly tags: readonly string[] },
): Promise<readonly string[]> {
  await requireSubject(sql, tenantId, null);
  const sorted = [...new Set(tags)].toSorted();
  await sql.run(UNTAG, [tenantId, sorted]);
  await sql.run(TAG, [tenantId, sorted]);
  const closing = new ClosingWrites(sql, tenantId);
  const entry = { action: "tenant.tagged", object: `tenant/${tenantId}`, after: [...sorted] };
  closing.audit(entryOf(actor, entry), actor.requestId);
  await closing.write(context.options.newId);
  return sorted;
}
