import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError, contentHash, type Json } from "@tandem/kernel";
import { json, type Sql } from "../database/sql.ts";

const MINUTE_MS = 60_000;

const SAVE_RELEASE = `
  INSERT INTO release (tenant_id, hash, bundle, max_call_ms) VALUES ($1, $2, $3::jsonb, $4) ON CONFLICT (tenant_id, hash) DO NOTHING`;
const SAVE_CONNECTIONS = `
  INSERT INTO release_connection (tenant_id, hash, connection_id) SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING`;

/** Stores a bundle under its content hash, once. Throws `invalid_input` when the hash is not the bundle's or a connection is unknown. */
export async function saveRelease(sql: Sql, tenantId: string, bundle: ReleaseBundle, hash: string): Promise<void> {
  if (contentHash(bundle as unknown as Json) !== hash)
    throw new AppError("invalid_input", "The bundle's hash is not that of its content.");
  const connectionIds = [...new Set(Object.values(bundle.connections).map((each) => each.connectionId))];
  await sql.send(SAVE_RELEASE, [tenantId, hash, json(bundle), bundle.conversation.limits.maxCallMinutes * MINUTE_MS]);
  if (connectionIds.length > 0) await sql.send(SAVE_CONNECTIONS, [tenantId, hash, connectionIds]);
}
