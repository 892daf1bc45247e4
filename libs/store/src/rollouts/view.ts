import type { CostCap } from "@tandem/domain/gate";
import type { Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ByRole } from "@tandem/domain/tenant";
import type { NodeBehind, RolloutView } from "@tandem/ports/store/rollouts";
import type { Reads } from "../database/sql.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { type ConnectionRow, connectionOf } from "../rows/connection-row.ts";
import { type DeploymentRow, deploymentOf } from "../rows/deployment-row.ts";
import { DECISIONS_IN_FORCE, driftDecisionOf, type DriftDecisionRow } from "../rows/drift-row.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { pointerOf } from "../rows/pointer-row.ts";
import { type RolloutRow, rolloutOf, type StepRow, stepOf } from "../rows/rollout-row.ts";
import { SAFETY_NET, safetyNetOf, type SafetyNetRow } from "../rows/safety-net-row.ts";
import { type BindingRow, bindingOf, type SlotRow, slotsOf } from "../rows/slot-row.ts";
import type { ImmutableCache } from "./immutable-cache.ts";

/** Bundles and plans never change: they are read once per process, by tenant and key. */
export interface ViewCaches {
  readonly bundles: ImmutableCache<ReleaseBundle>;
  readonly plans: ImmutableCache<Plan>;
}

interface ViewRow extends DeploymentRow {
  now: Timestamp;
  tenant_status: "active" | "suspended";
  connection_ids: ByRole<string>;
  slots: SlotRow[];
  live_calls: Record<string, number>;
  bindings: BindingRow[];
  connections: ConnectionRow[];
  other_references: Record<string, number>;
  drift_decisions: DriftDecisionRow[];
  cost_cap: CostCap | null;
  safety_net: SafetyNetRow | null;
  nodes_behind: NodeBehindRow[];
  rollout: RolloutRow | null;
  steps: StepRow[];
}

/** How many other deployments are bound to the same connection-owned objects. */
const OTHER_REFERENCES = `
  SELECT coalesce(json_object_agg(o.external_key, o.deployments), '{}') FROM (
    SELECT other.external_key, count(DISTINCT other.deployment_id)::int AS deployments
    FROM binding own
    JOIN binding other ON other.tenant_id = own.tenant_id AND other.external_key = own.external_key AND other.deployment_id <> own.deployment_id
    WHERE own.tenant_id = d.tenant_id AND own.deployment_id = d.id AND own.owner = 'connection'
    GROUP BY other.external_key) o`;

/** Calls that go on now: live, not ended, and not older than their bundle allows (a lost status callback must not count for ever). */
const LIVE_CALLS = `
  SELECT coalesce(json_object_agg(c.slot, c.calls), '{}') FROM (
    SELECT s.slot, count(*)::int AS calls FROM session s
    LEFT JOIN release b ON b.tenant_id = s.tenant_id AND b.hash = s.bundle_hash
    WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND s.kind = 'live' AND s.ended_at IS NULL
      AND s.started_at > clock_timestamp() - coalesce(b.max_call_ms, 3600000) * interval '1 millisecond'
    GROUP BY s.slot) c`;

/** Of the tenant's own policy of the environment, else of the platform's. */
const COST_CAP = `
  SELECT nullif(g.policy -> 'costCap', 'null') FROM gate_policy g
  WHERE g.environment = d.environment AND g.tenant_id IN (d.tenant_id, '${PLATFORM_TENANT_ID}')
  ORDER BY g.tenant_id = d.tenant_id DESC LIMIT 1`;

// Some minutes more than any lag: the engine decides how long a look must be after the move.
const NODES_BEHIND = `
  SELECT coalesce(json_agg(json_build_object('name', n.name, 'looked_at', n.looked_at, 'moved_at', h.at) ORDER BY n.name), '[]')
  FROM pointer_history h JOIN media_node n ON n.looked_at < h.at + interval '5 minutes'
  WHERE h.tenant_id = d.tenant_id AND h.deployment_id = d.id AND h.generation = d.generation`;

// One statement, so one snapshot.
const VIEW = `
  SELECT d.*, clock_timestamp() AS now,
    (SELECT CASE t.status WHEN 'active' THEN 'active' ELSE 'suspended' END FROM tenant t WHERE t.id = d.tenant_id) AS tenant_status,
    (SELECT coalesce(json_object_agg(u.role, u.connection_id), '{}') FROM deployment_connection u
     WHERE u.tenant_id = d.tenant_id AND u.deployment_id = d.id) AS connection_ids,
    (SELECT json_agg(s) FROM slot s WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id) AS slots,
    (${LIVE_CALLS}) AS live_calls,
    (SELECT coalesce(json_agg(b ORDER BY b.address, b.slot), '[]') FROM binding b
     WHERE b.tenant_id = d.tenant_id AND b.deployment_id = d.id) AS bindings,
    (SELECT coalesce(json_agg(c ORDER BY c.id), '[]') FROM connection c WHERE c.tenant_id = d.tenant_id) AS connections,
    (${OTHER_REFERENCES}) AS other_references,
    (SELECT coalesce(json_agg(i), '[]') FROM (${DECISIONS_IN_FORCE}) i) AS drift_decisions,
    (${COST_CAP}) AS cost_cap,
    (${SAFETY_NET}) AS safety_net,
    (${NODES_BEHIND}) AS nodes_behind,
    row_to_json(w) AS rollout,
    (SELECT coalesce(json_agg(p ORDER BY p.seq), '[]') FROM step p
     WHERE p.tenant_id = d.tenant_id AND p.rollout_id = w.id) AS steps
  FROM deployment d
  LEFT JOIN LATERAL workable_rollout(d.tenant_id, d.id) w ON true
  WHERE d.tenant_id = $1 AND d.id = $2`;

/** `extraBundle`: a hash to have among `bundles` besides those of the rollout and the slots. */
export async function readView(
  sql: Reads,
  caches: ViewCaches,
  key: { tenantId: string; deploymentId: string },
  extraBundle: string | null = null,
): Promise<RolloutView | null> {
  const row = await sql.row<ViewRow>(VIEW, [key.tenantId, key.deploymentId]);
  if (row === null) return null;
  const rollout = row.rollout === null ? null : rolloutOf(row.rollout);
  const hashes = [
    extraBundle,
    rollout?.bundleHash,
    ...row.slots.flatMap((slot) => [slot.bundle_hash, slot.ready_bundle_hash]),
  ];
  return {
    deployment: deploymentOf(row, row.connection_ids),
    pointer: pointerOf(row),
    stateSerial: row.state_serial,
    slots: slotsOf(row.slots, row.live_calls),
    attachment: { attached: row.attached, storedRouting: row.stored_routing },
    bindings: row.bindings.map(bindingOf),
    connections: row.connections.map(connectionOf),
    otherReferences: row.other_references,
    driftDecisions: row.drift_decisions.map(driftDecisionOf),
    rollout,
    plan: rollout?.planId ? await readPlan(sql, caches, key.tenantId, rollout.planId) : null,
    steps: row.steps.map(stepOf),
    bundles: await readBundles(sql, caches, key.tenantId, hashes),
    tenantStatus: row.tenant_status,
    costCap: row.cost_cap,
    safetyNet: safetyNetOf(row.safety_net, row.generation),
    nodesBehind: row.nodes_behind.map(nodeBehindOf),
    now: instantOf(row.now),
  };
}

interface NodeBehindRow {
  readonly name: string;
  readonly looked_at: Timestamp;
  readonly moved_at: Timestamp;
}

const nodeBehindOf = (row: NodeBehindRow): NodeBehind => ({
  name: row.name,
  lookedAt: instantOf(row.looked_at),
  movedAt: instantOf(row.moved_at),
});

const PLAN = "SELECT content FROM plan WHERE tenant_id = $1 AND id = $2";

/** A saved plan, or null. */
export async function readPlan(sql: Reads, caches: ViewCaches, tenantId: string, planId: string): Promise<Plan | null> {
  const known = caches.plans.get(`${tenantId} ${planId}`);
  if (known !== undefined) return known;
  const plan = (await sql.row<{ content: Plan }>(PLAN, [tenantId, planId]))?.content ?? null;
  if (plan !== null) caches.plans.put(`${tenantId} ${planId}`, plan);
  return plan;
}

const BUNDLES = "SELECT hash, bundle FROM release WHERE tenant_id = $1 AND hash = ANY ($2)";

async function readBundles(
  sql: Reads,
  caches: ViewCaches,
  tenantId: string,
  hashes: readonly (string | null | undefined)[],
): Promise<Record<string, ReleaseBundle>> {
  const wanted = [...new Set(hashes.filter((hash) => typeof hash === "string"))];
  const missing = wanted.filter((hash) => caches.bundles.get(`${tenantId} ${hash}`) === undefined);
  const read =
    missing.length === 0 ? [] : await sql.rows<{ hash: string; bundle: ReleaseBundle }>(BUNDLES, [tenantId, missing]);
  for (const { hash, bundle } of read) caches.bundles.put(`${tenantId} ${hash}`, bundle);
  const fresh = new Map(read.map(({ hash, bundle }) => [hash, bundle]));
  return Object.fromEntries(
    wanted.flatMap((hash) => {
      const bundle = fresh.get(hash) ?? caches.bundles.get(`${tenantId} ${hash}`);
      return bundle === undefined ? [] : [[hash, bundle]];
    }),
  );
}
