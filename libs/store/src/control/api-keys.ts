import { AppError } from "@tandem/kernel";
import type { ActorRole, ApiKeyRow, ControlStore } from "@tandem/ports/store/control";
import { violatedUnique } from "../database/database-error.ts";
import type { ApiKey as ApiKeyRecord } from "../generated/client.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import {
  change,
  type ControlContext,
  cursorText,
  pageSize,
  read,
  requirePlatform,
  scopeOf,
  tenantOf,
  toPage,
} from "./context.ts";

const KEY_ID = /^[0-9A-Za-z]{1,64}$/;
const OPEN = { secretHash: true } as const;

const keyOfRecord = (record: Omit<ApiKeyRecord, "secretHash">): ApiKeyRow => ({
  keyId: record.keyId,
  name: record.name,
  roles: record.roles as ActorRole[],
  createdAt: record.createdAt.toISOString(),
  expiresAt: record.expiresAt.toISOString(),
  lastUsedAt: record.lastUsedAt?.toISOString() ?? null,
  revokedAt: record.revokedAt?.toISOString() ?? null,
});

export function apiKeyMethods(
  context: ControlContext,
): Pick<ControlStore, "createApiKey" | "listApiKeys" | "revokeApiKey"> {
  return {
    createApiKey: async (actor, key) => {
      const tenantId = key.tenantId ?? PLATFORM_TENANT_ID;
      if (tenantId !== tenantOf(actor)) requirePlatform(actor);
      const { keyId, secretHash, name, expiresAt } = key;
      const scope = { ...scopeOf(actor), tenantId };
      return change(
        context,
        actor,
        async ({ transaction, audit }) => {
          const roles = [...key.roles];
          audit({ action: "api-key.created", object: `api-key/${keyId}`, after: { name, roles, expiresAt } });
          const data = { tenantId, keyId, secretHash, name, roles, expiresAt, createdBy: actor.subject };
          return keyOfRecord(
            await transaction.apiKey.create({ data, omit: OPEN }).catch((error: unknown) => {
              if (violatedUnique(error) === null) throw error;
              throw new AppError("already_exists", "There is such a key already.", { details: { keyId } });
            }),
          );
        },
        scope,
      );
    },
    listApiKeys: async (actor, page) => {
      const after = cursorText(page, KEY_ID);
      const where = { tenantId: tenantOf(actor), ...(after !== null && { keyId: { gt: after } }) };
      const rows = await read(context, actor, (transaction) =>
        transaction.apiKey.findMany({ where, omit: OPEN, orderBy: { keyId: "asc" }, take: pageSize(page) }),
      );
      return toPage(rows, page, keyOfRecord, (row) => row.keyId);
    },
    revokeApiKey: async (actor, keyId) =>
      change(context, actor, async ({ transaction, sql, audit }) => {
        const where = { tenantId_keyId: { tenantId: tenantOf(actor), keyId } };
        const key = await transaction.apiKey.findUnique({ where, omit: OPEN });
        if (key === null) throw new AppError("not_found", "There is no such key.", { details: { keyId } });
        if (key.revokedAt !== null) return;
        await sql.run("UPDATE api_key SET revoked_at = clock_timestamp() WHERE tenant_id = $1::uuid AND key_id = $2", [
          key.tenantId,
          keyId,
        ]);
        audit({ action: "api-key.revoked", object: `api-key/${keyId}` });
      }),
  };
}
