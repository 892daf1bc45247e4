import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import type { Overlay } from "@tandem/domain/tenant";
import { change, type ControlContext, read, requireTenant } from "./context.ts";

// Creates version 1 over an absent row (version 0), else raises the version that was expected; no row when it was another.
const PUT = `
  INSERT INTO tenant_overlay (tenant_id, playbook, values, version, updated_by) SELECT $1::uuid, $2, $3::jsonb, 1, $4 WHERE $5::int = 0
  ON CONFLICT DO NOTHING`;
const REPLACE = `
  UPDATE tenant_overlay SET values = $3::jsonb, version = version + 1, updated_by = $4, updated_at = clock_timestamp()
  WHERE tenant_id = $1::uuid AND playbook = $2 AND version = $5::int`;

export function overlayMethods(context: ControlContext): Pick<ControlStore, "tenantOverlay" | "putTenantOverlay"> {
  return {
    tenantOverlay: async (actor, playbook) => {
      const tenantId = requireTenant(actor);
      const row = await read(context, actor, (transaction) =>
        transaction.tenantOverlay.findUnique({ where: { tenantId_playbook: { tenantId, playbook } } }),
      );
      return row === null ? { values: {}, version: 0 } : { values: row.values as Overlay, version: row.version };
    },
    putTenantOverlay: async (actor, playbook, values, expectedVersion) => {
      const tenantId = requireTenant(actor);
      return change(context, actor, async ({ sql, audit }) => {
        const statement = expectedVersion === 0 ? PUT : REPLACE;
        const written = await sql.run(statement, [
          tenantId,
          playbook,
          JSON.stringify(values),
          actor.subject,
          expectedVersion,
        ]);
        if (written === 0) throw new AppError("precondition_failed", "The overlay changed since it was read.");
        audit({ action: "overlay.changed", object: `overlay/${playbook}`, after: values });
        return { values, version: expectedVersion + 1 };
      });
    },
  };
}
