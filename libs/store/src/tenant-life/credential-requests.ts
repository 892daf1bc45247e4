import type { CredentialState } from "@tandem/domain/tenant";
import { AppError, sha256Hex } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import type { StoredCredential } from "@tandem/ports/store/tenant-life";
import { type ControlContext, inActorsTenant, requireTenant, UUID } from "../control/context.ts";
import { plainChange } from "../control/plain-change.ts";
import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import {
  drainInForce,
  lockConnection,
  nextVersion,
  pointAt,
  refusePending,
  storeVersion,
} from "./credential-versions.ts";

interface VersionRow {
  readonly version: number;
  readonly state: CredentialState;
  readonly detail: string | null;
  readonly created_at: Timestamp;
  readonly created_by: string;
  readonly changed_at: Timestamp;
}

const storedOf = (row: VersionRow): StoredCredential => ({
  version: row.version,
  state: row.state,
  detail: row.detail,
  storedAt: instantOf(row.created_at),
  storedBy: row.created_by,
  since: instantOf(row.changed_at),
});

const VERSIONS = `
  SELECT version, state, detail, created_at, created_by, changed_at FROM credential_version
  WHERE tenant_id = $1 AND connection_id = $2 ORDER BY version DESC LIMIT 50`;
const PENDING = "SELECT 1 FROM credential_version WHERE tenant_id = $1 AND connection_id = $2 AND state = 'pending'";
const LOOK_NOW =
  "UPDATE connection SET credentials_due_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid";

type Methods = Pick<ControlStore, "putCredential" | "storedCredentials" | "rotateCredential">;

export function credentialMethods(context: ControlContext): Methods {
  return {
    putCredential: async (actor, connectionId, sealed, keyId) => {
      const tenantId = requireTenant(actor);
      return plainChange(context, actor, async ({ sql, closing, audit }) => {
        const place = { tenantId, connectionId };
        await requireConnection(sql, tenantId, connectionId);
        await refusePending(sql, place, "Another credential was put in force meanwhile.");
        await drainInForce(sql, place);
        const version = await nextVersion(sql, tenantId, connectionId);
        await storeVersion(sql, { ...place, version, sealed, keyId, createdBy: actor.subject }, "in-force");
        await pointAt(sql, closing, { ...place, version });
        const after = { version, sealed: sha256Hex(sealed) };
        audit({ action: "credential.stored", object: `connection/${connectionId}`, after });
        return { version };
      });
    },
    storedCredentials: async (actor, connectionId) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(connectionId)) return [];
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<VersionRow>(VERSIONS, [tenantId, connectionId]),
      );
      return rows.map(storedOf);
    },
    rotateCredential: async (actor, connectionId, sealed, keyId) => {
      const tenantId = requireTenant(actor);
      return plainChange(context, actor, async ({ sql, closing, audit }) => {
        await requireConnection(sql, tenantId, connectionId);
        if ((await sql.row(PENDING, [tenantId, connectionId])) !== null)
          throw new AppError("conflict", "Another credential waits to be verified: wait for its verdict.");
        const version = await nextVersion(sql, tenantId, connectionId);
        const one = { tenantId, connectionId, version, sealed, keyId, createdBy: actor.subject };
        await storeVersion(sql, one, "pending");
        await sql.run(LOOK_NOW, [tenantId, connectionId]);
        const after = { version, sealed: sha256Hex(sealed) };
        audit({ action: "credential.rotation-asked", object: `connection/${connectionId}`, after });
        closing.enqueue("credential.rotation-asked", { connectionId, version, actor: actor.subject });
        return { version };
      });
    },
  };
}

/** Holds the connection's row. Throws `not_found`. */
async function requireConnection(sql: Sql, tenantId: string, connectionId: string): Promise<void> {
  if (!UUID.test(connectionId) || (await lockConnection(sql, tenantId, connectionId)) === null)
    throw new AppError("not_found", "There is no such connection.", { details: { connectionId } });
}
