import type { MemberState, OpenMember } from "@tandem/domain/fleet";
import type { Desired, Phase } from "@tandem/domain/rollout";
import type { FleetLease, FleetSnapshot } from "@tandem/ports/store/fleet";
import type { Sql } from "../database/sql.ts";
import type { Timestamp } from "../rows/instant.ts";
import { type FleetRow, msOrNull, type WaveRow, waveOf } from "./fleet-row.ts";

interface OpenRow {
  readonly tenant_id: string;
  readonly deployment_id: string;
  readonly wave_position: number;
  readonly state: MemberState;
  readonly rollout_id: string;
  readonly reason: string | null;
  readonly due_at: Timestamp | null;
  readonly waits_since: Timestamp | null;
  readonly phase: Phase | null;
  readonly desired: Desired | null;
}

interface SnapshotRow extends FleetRow {
  readonly now: Timestamp;
  readonly waves: WaveRow[];
  readonly open: OpenRow[];
  readonly ended: Partial<Record<MemberState, number>>;
  readonly begun: Record<string, number>;
}

// One statement, so one snapshot.
const SNAPSHOT = `
  SELECT f.*, clock_timestamp() AS now,
    (SELECT json_agg(w ORDER BY w.position) FROM fleet_wave w WHERE w.tenant_id = f.tenant_id AND w.fleet_rollout_id = f.id) AS waves,
    (SELECT coalesce(json_agg(o), '[]') FROM (
      SELECT m.tenant_id, m.deployment_id, m.wave_position, m.state, m.rollout_id, m.reason, m.due_at, m.waits_since, r.phase, r.desired
      FROM fleet_member m LEFT JOIN rollout r ON r.tenant_id = m.tenant_id AND r.id = m.rollout_id
      WHERE m.fleet_rollout_id = f.id AND m.state IN ('pending', 'waiting', 'beginning', 'running', 'overdue')
        AND (m.wave_position <= f.wave_position OR f.state = 'aborting')
      ORDER BY m.wave_position, m.ordinal) o) AS open,
    (SELECT coalesce(json_object_agg(e.state, e.members), '{}') FROM (
      SELECT m.state, count(*)::int AS members FROM fleet_member m
      WHERE m.fleet_rollout_id = f.id AND m.wave_position = f.wave_position
        AND m.state IN ('succeeded', 'rolled-back', 'aborted', 'failed', 'blocked', 'skipped') GROUP BY m.state) e) AS ended,
    (SELECT coalesce(json_object_agg(b.tenant_id, b.members), '{}') FROM (
      SELECT m.tenant_id, count(*)::int AS members FROM fleet_member m
      WHERE m.fleet_rollout_id = f.id AND m.wave_position = f.wave_position AND m.state NOT IN ('pending', 'waiting')
      GROUP BY m.tenant_id) b) AS begun
  FROM fleet_rollout f WHERE f.id = $1`;

/** Null when there is no such fleet rollout. */
export async function readSnapshot(sql: Sql, { fleetRolloutId }: FleetLease): Promise<FleetSnapshot | null> {
  const row = await sql.row<SnapshotRow>(SNAPSHOT, [fleetRolloutId]);
  if (row === null) return null;
  return {
    fleet: {
      id: row.id,
      state: row.state,
      reason: row.reason,
      wavePosition: row.wave_position,
      patience: row.patience,
      abortsRunning: row.aborts_running,
    },
    waves: row.waves.map(waveOf),
    open: row.open.map(openOf),
    ended: row.ended,
    begun: new Map(Object.entries(row.begun)),
    nowMs: new Date(row.now).getTime(),
    manifestHash: row.manifest_hash,
    policy: row.policy,
  };
}

const openOf = (row: OpenRow): OpenMember => ({
  tenantId: row.tenant_id,
  deploymentId: row.deployment_id,
  wavePosition: row.wave_position,
  state: row.state,
  rolloutId: row.rollout_id,
  reason: row.reason,
  dueAtMs: msOrNull(row.due_at),
  waitsSinceMs: msOrNull(row.waits_since),
  rollout: row.phase === null ? null : { phase: row.phase, desired: row.desired ?? "continue" },
});
