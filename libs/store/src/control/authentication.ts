import type { ActorRole, ControlStore, Identity } from "@tandem/ports/store/control";
import { sharedRead } from "../database/shared-reads.ts";
import { inTransaction } from "../database/transaction.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import type { ControlContext } from "./context.ts";

interface IdentityRow {
  tenant_id: string;
  roles: ActorRole[];
  expires_at: Timestamp;
  last_used_at: Timestamp | null;
  tenant_status: Identity["tenantStatus"];
}

const AUTHENTICATE = "SELECT * FROM authenticate_key($1, $2)";
const TOUCH = "UPDATE api_key SET last_used_at = clock_timestamp() WHERE tenant_id = $1 AND key_id = $2";
const TOUCH_EVERY_MS = 60_000;

const identityOf = (row: IdentityRow): Identity => ({
  tenantId: row.tenant_id === PLATFORM_TENANT_ID ? null : row.tenant_id,
  roles: row.roles,
  expiresAt: instantOf(row.expires_at),
  tenantStatus: row.tenant_status,
});

export function authenticationMethods(context: ControlContext): Pick<ControlStore, "authenticate"> {
  const touch = lastUse(context);
  return {
    authenticate: async (keyId, secretHash) => {
      const [row] = await sharedRead<IdentityRow>(context.pool, AUTHENTICATE, [keyId, secretHash]);
      if (row === undefined) return null;
      touch(row, keyId);
      return identityOf(row);
    },
  };
}

/** Notes the use of a key at most once a minute and process, beside the request: losing a note costs nothing. */
function lastUse({ pool }: ControlContext): (row: IdentityRow, keyId: string) => void {
  const noted = new Map<string, number>();
  return (row, keyId) => {
    const now = performance.now();
    const isFresh = now - (noted.get(keyId) ?? -Infinity) < TOUCH_EVERY_MS;
    if (isFresh) return;
    noted.set(keyId, now);
    const role = row.tenant_id === PLATFORM_TENANT_ID ? { role: "tandem_platform" as const } : {};
    inTransaction(pool, { tenantId: row.tenant_id, ...role }, (sql) => sql.run(TOUCH, [row.tenant_id, keyId])).catch(
      () => {},
    );
  };
}
