import type { Connection, SmokeWrites } from "@tandem/domain/tenant";
import { AppError, type JsonObject } from "@tandem/kernel";
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

function refuseTaken(error: unknown, name: string): never {
  if (violatedUnique(error) === null) throw error;
  throw new AppError("already_exists", `There is a connection ${name} already.`, { details: { name } });
}

type Methods = Pick<ControlStore, "createConnection" | "renameConnection" | "listConnections" | "connection">;

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
          await transaction.connection.create({ data }).catch((error: unknown) => refuseTaken(error, name)),
        );
      });
    },
    renameConnection: async (actor, id, name) => {
      const tenantId = requireTenant(actor);
      const missing = () => new AppError("not_found", `There is no connection ${id}`);
      if (!UUID.test(id)) throw missing();
      return change(context, actor, async ({ transaction, audit }) => {
        const where = { tenantId_id: { tenantId, id } };
        const before = await transaction.connection.findUnique({ where });
        if (before === null) throw missing();
        if (before.name === name) return connectionOfRecord(before);
        audit({
          action: "connection.renamed",
          object: `connection/${id}`,
          before: { name: before.name },
          after: { name },
        });
        return connectionOfRecord(
          await transaction.connection
            .update({ where, data: { name } })
            .catch((error: unknown) => refuseTaken(error, name)),
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
  };
}
