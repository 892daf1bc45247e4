import { AppError } from "@tandem/kernel";
import type { ControlStore, Tenant } from "@tandem/ports/store/control";
import { violatedUnique } from "../database/database-error.ts";
import type { Tenant as TenantRecord } from "../generated/client.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import {
  change,
  type ControlContext,
  cursorText,
  effectIdOf,
  pageSize,
  read,
  requirePlatform,
  toPage,
  UUID,
} from "./context.ts";

const tenantOfRecord = (record: TenantRecord): Tenant => ({
  id: record.id,
  slug: record.slug,
  name: record.name,
  status: record.status as Tenant["status"],
  createdAt: record.createdAt.toISOString(),
});

export function tenantMethods(context: ControlContext): Pick<ControlStore, "createTenant" | "listTenants"> {
  return {
    createTenant: async (actor, { slug, name }) => {
      requirePlatform(actor);
      const id = effectIdOf(context, actor);
      return change(context, actor, async ({ transaction, audit }) => {
        const existing = await transaction.tenant.findUnique({ where: { id } });
        if (existing !== null) return tenantOfRecord(existing);
        audit({ action: "tenant.created", object: `tenant/${id}`, after: { slug, name } });
        const created = await transaction.tenant.create({ data: { id, slug, name } }).catch((error: unknown) => {
          if (violatedUnique(error) === null) throw error;
          throw new AppError("already_exists", `There is a tenant ${slug} already.`, { details: { slug } });
        });
        return tenantOfRecord(created);
      });
    },
    listTenants: async (actor, page) => {
      const before = cursorText(page, UUID);
      const rows = await read(context, actor, (transaction) =>
        transaction.tenant.findMany({
          where: { id: { not: PLATFORM_TENANT_ID, ...(before !== null && { lt: before }) } },
          orderBy: { id: "desc" },
          take: pageSize(page),
        }),
      );
      return toPage(rows, page, tenantOfRecord, (row) => row.id);
    },
  };
}
