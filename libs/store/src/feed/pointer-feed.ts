import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot, SlotState } from "@tandem/domain/slot";
import type { PointerFeed, ServedConnection, ServedDeployment, ServedSlot } from "@tandem/ports/store/pointer-feed";
import type { NumberRouting } from "@tandem/ports/telephony";
import type { JsonObject } from "@tandem/kernel";
import { openPool } from "../database/pool.ts";
import { singleStatement } from "../database/transaction.ts";
import { listen } from "../listen.ts";
import { CHANNELS } from "../notices.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";
import { type PointerRow, pointerOf } from "../rows/pointer-row.ts";
import { readPointerNotice } from "../pointer-notice.ts";
import { SERVED_MARK } from "../rows/served-mark.ts";
import { NO_SLOT } from "../rows/slot-row.ts";

/** A feed with its own pool. */
export interface OpenPointerFeed extends PointerFeed {
  close(): Promise<void>;
}

// The time is that of the statement's beginning, which is before its snapshot; one row where nothing is deployed.
const MARKS = `
  SELECT d.id, d.mark, now()::text AS at
  FROM (SELECT) one LEFT JOIN (SELECT id, ${SERVED_MARK} AS mark FROM deployment) d ON true`;
// Nodes that died may never come again: once they count as gone nobody asks for them.
const CONFIRM = `
  WITH old AS (DELETE FROM media_node WHERE looked_at < now() - $5 * interval '1 millisecond' AND id <> $1)
  INSERT INTO media_node (id, name, region, looked_at) VALUES ($1::uuid, $2, $3, $4::timestamptz)
  ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, region = excluded.region, looked_at = excluded.looked_at`;
const LEAVE = "DELETE FROM media_node WHERE id = $1";
const BUNDLE = "SELECT bundle FROM release WHERE hash = $1 LIMIT 1";

// The connections: those of the configuration and those that the bundles of both slots were made for.
const SERVED = `
  SELECT d.tenant_id, d.id, (SELECT t.status FROM tenant t WHERE t.id = d.tenant_id) AS tenant_status, d.ingress_key, d.number, d.pointer_active, d.pointer_candidate, d.pointer_weight_bp, d.pointer_salt,
    d.pointer_mode, d.generation, d.stored_routing, ${SERVED_MARK} AS mark,
    (SELECT json_agg(json_build_object('slot', s.slot, 'state', s.state, 'bundle_hash', s.bundle_hash)) FROM slot s
     WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id) AS slots,
    (SELECT coalesce(json_agg(json_build_object('slot', b.slot, 'address', b.address, 'kind', b.kind, 'externalId', b.external_id,
       'version', b.version, 'connectionId', b.connection_id) ORDER BY b.address), '[]') FROM binding b
     WHERE b.tenant_id = d.tenant_id AND b.deployment_id = d.id) AS bindings,
    (SELECT coalesce(json_object_agg(c.id, json_build_object('vendor', c.vendor, 'endpoint', c.endpoint, 'config', c.config,
       'credentialVersion', v.version, 'sealed', v.sealed,
       'previousSealed', p.sealed, 'previousVersion', p.version)), '{}')
     FROM connection c
     JOIN credential_version v ON v.tenant_id = c.tenant_id AND v.connection_id = c.id AND v.version = c.credential_version
     LEFT JOIN LATERAL (
       SELECT o.sealed, o.version FROM credential_version o
       WHERE o.tenant_id = c.tenant_id AND o.connection_id = c.id AND o.state = 'draining' AND o.sealed <> ''
       ORDER BY o.version DESC LIMIT 1) p ON true
     WHERE c.tenant_id = d.tenant_id AND c.id IN (
       SELECT u.connection_id FROM deployment_connection u WHERE u.tenant_id = d.tenant_id AND u.deployment_id = d.id
       UNION SELECT u.connection_id FROM slot s JOIN release_connection u ON u.tenant_id = s.tenant_id AND u.hash = s.bundle_hash
       WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id)) AS connections
  FROM deployment d WHERE d.id = $1`;

type BindingFacts = ServedSlot["bindings"][number];

interface ServedRow extends PointerRow {
  tenant_id: string;
  id: string;
  mark: string;
  tenant_status: string;
  ingress_key: string;
  number: string | null;
  stored_routing: NumberRouting | null;
  slots: { slot: Slot; state: SlotState; bundle_hash: string | null }[];
  bindings: (BindingFacts & { slot: string })[];
  connections: Record<string, ServedConnection & { config: JsonObject }>;
}

/** `options.url` logs in as `tandem_media_node`, which sees nothing but this. */
export function openPointerFeed(options: StoreOptions): OpenPointerFeed {
  const resolved = resolveOptions(options);
  const pool = openPool(resolved);
  return {
    marks: async () => {
      const rows = await singleStatement<{ id: string | null; mark: string; at: string }>(pool, MARKS, []);
      const marks = new Map(rows.flatMap(({ id, mark }) => (id === null ? [] : [[id, mark] as const])));
      return { at: rows[0]?.at ?? "-infinity", marks };
    },
    confirm: async ({ id, name, region }, lookedAt) => {
      await singleStatement(pool, CONFIRM, [id, name, region, lookedAt, resolved.nodeGoneMs]);
    },
    leave: async (nodeId) => {
      await singleStatement(pool, LEAVE, [nodeId]);
    },
    deployment: async (deploymentId) => {
      const [row] = await singleStatement<ServedRow>(pool, SERVED, [deploymentId]);
      return row === undefined ? null : servedOf(row);
    },
    bundle: async (hash) => (await singleStatement<{ bundle: ReleaseBundle }>(pool, BUNDLE, [hash]))[0]?.bundle ?? null,
    listen: (onMove, onResync) =>
      listen({
        url: resolved.directUrl,
        applicationName: resolved.applicationName,
        channels: [CHANNELS.pointer],
        onNotice: (_channel, payload) => {
          const { deploymentId, move } = readPointerNotice(payload);
          onMove(deploymentId, move);
        },
        onResync,
      }),
    close: () => pool.end(),
  };
}

function servedOf(row: ServedRow): ServedDeployment {
  const slots: Partial<Record<Slot, ServedSlot>> = {};
  for (const { slot, state, bundle_hash: bundleHash } of row.slots)
    slots[slot] = { state, bundleHash, bindings: bindingsFor(row, slot) };
  return {
    tenantId: row.tenant_id,
    deploymentId: row.id,
    ingressKey: row.ingress_key,
    number: row.number,
    pointer: row.tenant_status === "active" ? pointerOf(row) : { ...pointerOf(row), mode: "diverted" },
    mark: row.mark,
    slots: slots as Record<Slot, ServedSlot>,
    storedRouting: row.stored_routing,
    connections: row.connections,
  };
}

const bindingsFor = (row: ServedRow, wanted: Slot): BindingFacts[] =>
  row.bindings
    .filter(({ slot }) => slot === wanted || slot === NO_SLOT)
    .map(({ address, kind, externalId, version, connectionId }) => ({
      address,
      kind,
      externalId,
      version,
      connectionId,
    }));
