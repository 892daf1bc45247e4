import type { Connection, SmokeWrites } from "@tandem/domain/tenant";
import { AppError, type JsonObject, sha256Hex } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { violatedUnique } from "../database/database-error.ts";
import type { Connection as ConnectionRecord, Prisma } from "../generated/client.ts";
import {
  change,
  type ControlContext,
  cursorText,
  effectIdOf,
  pageSize,
  read,
  requireTenant,
  toPage,
  UUID,
} from "./context.ts";

const connectionOfRecord = (record: ConnectionRecord): Connection => ({
  id: record.id,
  tenantId: record.tenantId,
  name: record.name,
  vendor: record.vendor,
  endpoint: record.endpoint as Connection["endpoint"],
  config: record.config as JsonObject,
  smokeWrites: record.smokeWrites as SmokeWrites,
  credentialVersion: record.credentialVersion,
});

const NEXT_VERSION = `
  UPDATE connection SET credential_version = coalesce(credential_version, 0) + 1 WHERE tenant_id = $1::uuid AND id = $2::uuid
  RETURNING credential_version AS version`;
// No RETURNING: the API's role may write a sealed credential and not read it.
const STORE = `
  INSERT INTO credential_version (tenant_id, connection_id, version, sealed, key_id, created_by)
  VALUES ($1::uuid, $2::uuid, $3::int, $4, $5, $6)`;
const TELL_DEPLOYMENTS = `
  UPDATE deployment SET credential_serial = credential_serial + 1 WHERE tenant_id = $1::uuid AND id IN (
    SELECT d.id FROM deployment d WHERE d.tenant_id = $1::uuid AND (
      EXISTS (SELECT FROM deployment_connection u WHERE u.tenant_id = d.tenant_id AND u.deployment_id = d.id AND u.connection_id = $2::uuid)
      OR EXISTS (SELECT FROM slot s JOIN release_connection u ON u.tenant_id = s.tenant_id AND u.hash = s.bundle_hash
                 WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND u.connection_id = $2::uuid))
    ORDER BY d.id FOR NO KEY UPDATE)
  RETURNING id`;

type Methods = Pick<ControlStore, "createConnection" | "listConnections" | "connection" | "putCredential">;

export function connectionMethods(context: ControlContext): Methods {
  return {
    createConnection: async (actor, { name, vendor, endpoint, config, smokeWrites }) => {
      const [tenantId, id] = [requireTenant(actor), effectIdOf(context, actor)];
      return change(context, actor, async ({ transaction, audit }) => {
        const existing = await transaction.connection.findUnique({ where: { tenantId_id: { tenantId, id } } });
        if (existing !== null) return connectionOfRecord(existing);
        const data = { tenantId, id, name, vendor, endpoint, config: config as Prisma.InputJsonObject, smokeWrites };
        audit({
          action: "connection.created",
          object: `connection/${id}`,
          after: { name, vendor, endpoint, config, smokeWrites },
        });
        return connectionOfRecord(
          await transaction.connection.create({ data }).catch((error: unknown) => {
            if (violatedUnique(error) === null) throw error;
            throw new AppError("already_exists", `There is a connection ${name} already.`, { details: { name } });
          }),
        );
      });
    },
    listConnections: async (actor, page) => {
      const before = cursorText(page, UUID);
      requireTenant(actor);
      const rows = await read(context, actor, (transaction) =>
        transaction.connection.findMany({
          where: before === null ? {} : { id: { lt: before } },
          orderBy: { id: "desc" },
          take: pageSize(page),
        }),
      );
      return toPage(rows, page, connectionOfRecord, (row) => row.id);
    },
    connection: async (actor, id) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(id)) return null;
      const record = await read(context, actor, (transaction) =>
        transaction.connection.findUnique({ where: { tenantId_id: { tenantId, id } } }),
      );
      return record === null ? null : connectionOfRecord(record);
    },
    putCredential: async (actor, connectionId, sealed, keyId) => {
      const tenantId = requireTenant(actor);
      return change(context, actor, async ({ sql, audit, closing }) => {
        const next = await sql.row<{ version: number }>(NEXT_VERSION, [tenantId, connectionId]);
        if (next === null)
          throw new AppError("not_found", "There is no such connection.", { details: { connectionId } });
        await sql.run(STORE, [tenantId, connectionId, next.version, sealed, keyId, actor.subject]);
        const using = await sql.rows<{ id: string }>(TELL_DEPLOYMENTS, [tenantId, connectionId]);
        for (const { id } of using) closing.notify("pointer", id);
        const after = { version: next.version, sealed: sha256Hex(sealed) };
        audit({ action: "credential.stored", object: `connection/${connectionId}`, after });
        return { version: next.version };
      });
    },
  };
}
