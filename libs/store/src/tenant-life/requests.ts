import type { Phase } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore, Tenant } from "@tandem/ports/store/control";
import type { OffBoarding, OffBoardingOutlook } from "@tandem/ports/store/tenant-life";
import { type ControlContext, effectIdOf } from "../control/context.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { inBothChains, tellMedia } from "./both-chains.ts";
import { newestOffBoarding, offBoardingObject, offBoardingOf, type OffBoardingRow } from "./off-boarding-row.ts";
import { lockTenant, noSuchTenant, readTenant, setTenantStatus, writeTenantStatus } from "./tenant-status.ts";

type Methods = Pick<
  ControlStore,
  "tenant" | "setTenantStatus" | "offBoardingOutlook" | "startOffBoarding" | "offBoarding" | "stopOffBoarding"
>;

export function tenantLifeMethods(context: ControlContext): Methods {
  return {
    tenant: (actor, tenantId) => readTenant(context, actor, tenantId),
    setTenantStatus: async (actor, tenantId, status, reason) =>
      setTenantStatus(context, actor, tenantId, { status, reason }),
    offBoardingOutlook: async (actor, tenantId) => {
      const tenant = await requireVisible(context, actor, tenantId);
      return inTransaction(context.pool, { tenantId }, (sql) => readOutlook(sql, tenant));
    },
    startOffBoarding: async (actor, tenantId, wish) => {
      await requireVisible(context, actor, tenantId);
      return start(context, actor, tenantId, wish);
    },
    offBoarding: async (actor, tenantId) => {
      await requireVisible(context, actor, tenantId);
      const row = await inTransaction(context.pool, { tenantId }, (sql) => newestOffBoarding(sql, tenantId));
      return row === null ? null : offBoardingOf(row);
    },
    stopOffBoarding: async (actor, tenantId, reason) => {
      await requireVisible(context, actor, tenantId);
      return stop(context, actor, tenantId, reason);
    },
  };
}

/** Throws `not_found` for a tenant that the asker may not see. */
async function requireVisible(context: ControlContext, actor: Actor, tenantId: string): Promise<Tenant> {
  const tenant = await readTenant(context, actor, tenantId);
  if (tenant === null) throw noSuchTenant();
  return tenant;
}

const INSERT = `
  INSERT INTO off_boarding (tenant_id, id, phase, status_before, asked_by, why) VALUES ($1, $2, 'stopping', $3, $4, $5)`;

/** From here on calls go to people, nothing begins any more, and the worker takes over. */
function start(
  context: ControlContext,
  actor: Actor,
  tenantId: string,
  { confirm, reason }: { readonly confirm: string; readonly reason: string },
): Promise<OffBoarding> {
  const id = effectIdOf(context, actor);
  const action = "tenant.off-boarding-asked";
  return inBothChains(
    context,
    { actor, tenantId },
    {
      ofPlatform: async ({ sql, audit }) => {
        const before = await lockTenant(sql, tenantId);
        if (confirm !== before.slug)
          throw new AppError("confirmation_missing", `Type the tenant's slug to confirm: ${before.slug}`);
        if (before.status === "offboarding" || before.status === "offboarded") return before;
        audit({ action, object: `tenant/${tenantId}`, before: before.status, after: "offboarding", reason });
        await writeTenantStatus(sql, tenantId, "offboarding");
        return before;
      },
      ofTenant: async (side, before) => {
        const newest = await newestOffBoarding(side.sql, tenantId);
        if (newest?.id === id) return offBoardingOf(newest);
        if (before.status === "offboarding" || before.status === "offboarded")
          throw new AppError("conflict", "The tenant is leaving already or has left.");
        await side.sql.run(INSERT, [tenantId, id, before.status, actor.subject, reason]);
        side.audit({ action, object: offBoardingObject(id), before: before.status, after: "offboarding", reason });
        side.closing.enqueue(action, { actor: actor.subject });
        await tellMedia(side, tenantId);
        return offBoardingOf(required(await newestOffBoarding(side.sql, tenantId)));
      },
    },
  );
}

const LOCK_NEWEST = "SELECT id FROM off_boarding WHERE tenant_id = $1 AND id = $2 FOR UPDATE";
const STOP = `
  UPDATE off_boarding SET phase = 'stopped', waits_for = NULL, due_at = NULL, lease_epoch = lease_epoch + 1, lease_owner = NULL,
    lease_until = NULL, phase_since = clock_timestamp(), ended_at = clock_timestamp()
  WHERE tenant_id = $1 AND id = $2 AND phase IN ('stopping', 'draining')`;

/** Fences whatever worker moves it: after this nothing is removed. */
function stop(context: ControlContext, actor: Actor, tenantId: string, reason: string): Promise<OffBoarding> {
  const action = "tenant.off-boarding-stopped";
  return inBothChains(
    context,
    { actor, tenantId },
    {
      ofPlatform: async ({ sql, audit }) => {
        const before = await lockTenant(sql, tenantId);
        if (before.status !== "offboarding") throw new AppError("conflict", "The tenant is not leaving.");
        const status = await statusBefore(sql, tenantId);
        audit({ action, object: `tenant/${tenantId}`, before: before.status, after: status, reason });
        return writeTenantStatus(sql, tenantId, status);
      },
      ofTenant: async (side, tenant) => {
        const row = required(await newestOffBoarding(side.sql, tenantId));
        await side.sql.row(LOCK_NEWEST, [tenantId, row.id]);
        if ((await side.sql.run(STOP, [tenantId, row.id])) === 0)
          throw new AppError("conflict", "Too late: objects are being removed. It can only be finished now.", {
            details: { phase: row.phase },
          });
        side.audit({ action, object: offBoardingObject(row.id), before: row.phase, after: tenant.status, reason });
        side.closing.enqueue(action, { actor: actor.subject });
        await tellMedia(side, tenantId);
        return offBoardingOf(required(await newestOffBoarding(side.sql, tenantId)));
      },
    },
  );
}

const STATUS_BEFORE =
  "SELECT status_before FROM off_boarding WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1";

/** What the tenant was; the platform sees of an off-boarding nothing else. */
async function statusBefore(sql: Sql, tenantId: string): Promise<"active" | "suspended"> {
  const row = await sql.row<{ status_before: "active" | "suspended" }>(STATUS_BEFORE, [tenantId]);
  if (row === null) throw new AppError("internal", "There is no off-boarding of a tenant that is leaving.");
  return row.status_before;
}

function required(row: OffBoardingRow | null): OffBoardingRow {
  if (row === null) throw new AppError("internal", "The off-boarding is not there.");
  return row;
}

interface OutlookRow {
  readonly deployments: (Omit<OffBoardingOutlook["deployments"][number], "liveRollout"> & {
    readonly liveRollout: { readonly id: string; readonly phase: Phase } | null;
  })[];
  readonly live_calls: number;
  readonly api_keys: number;
  readonly connections: OffBoardingOutlook["connections"];
  readonly data: Record<string, number>;
}

/** Classes of data as people know them → where their rows are. */
const CLASSES = {
  calls: "session",
  "events of calls": "session_event",
  "call-backs": "outbound_call",
  releases: "release",
  "plans and rollouts": "rollout",
  overlays: "tenant_overlay",
  playbooks: "manifest_version",
  webhooks: "webhook_endpoint",
} as const;

const OUTLOOK = `
  SELECT
    (SELECT coalesce(json_agg(json_build_object('id', d.id, 'name', d.name, 'number', d.number, 'attached', d.attached,
       'liveRollout', (SELECT json_build_object('id', r.id, 'phase', r.phase) FROM rollout r
         WHERE r.tenant_id = d.tenant_id AND r.deployment_id = d.id AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')),
       'objects', (SELECT coalesce(json_agg(json_build_object('address', b.address, 'kind', b.kind, 'vendor', c.vendor, 'owner', b.owner,
           'slot', nullif(b.slot, 'none')) ORDER BY b.address, b.slot), '[]')
         FROM binding b JOIN connection c ON c.tenant_id = b.tenant_id AND c.id = b.connection_id
         WHERE b.tenant_id = d.tenant_id AND b.deployment_id = d.id AND b.external_id IS NOT NULL)) ORDER BY d.name), '[]')
     FROM deployment d WHERE d.tenant_id = $1) AS deployments,
    (SELECT count(*)::int FROM session s LEFT JOIN release b ON b.tenant_id = s.tenant_id AND b.hash = s.bundle_hash
     WHERE s.tenant_id = $1 AND s.kind = 'live' AND s.ended_at IS NULL
       AND s.started_at > clock_timestamp() - coalesce(b.max_call_ms, 3600000) * interval '1 millisecond') AS live_calls,
    (SELECT count(*)::int FROM api_key WHERE tenant_id = $1 AND revoked_at IS NULL) AS api_keys,
    (SELECT coalesce(json_agg(json_build_object('id', id, 'name', name, 'vendor', vendor) ORDER BY name), '[]')
     FROM connection WHERE tenant_id = $1 AND credential_version IS NOT NULL) AS connections,
    json_build_object(${Object.entries(CLASSES)
      .map(([name, table]) => `'${name}', (SELECT count(*)::int FROM ${table} WHERE tenant_id = $1)`)
      .join(", ")}) AS data`;

async function readOutlook(sql: Sql, tenant: Tenant): Promise<OffBoardingOutlook> {
  const row = await sql.row<OutlookRow>(OUTLOOK, [tenant.id]);
  if (row === null) throw noSuchTenant();
  const { deployments, live_calls: liveCalls, api_keys: apiKeys, connections, data } = row;
  return { tenant, deployments, liveCalls, apiKeys, connections, data };
}
