import type { MemberState } from "@tandem/domain/fleet";
import type { FleetRolloutDetail, WaveStanding } from "@tandem/ports/store/fleet";
import type { Sql } from "../database/sql.ts";
import { instantOrNull } from "../rows/instant.ts";
import { fleetOf, type FleetRow, type WaveRow, waveOf } from "./fleet-row.ts";

interface CountedWaveRow extends WaveRow {
  readonly counts: Partial<Record<MemberState, number>>;
}

const DETAIL = `
  SELECT f.*,
    (SELECT json_agg(w ORDER BY w.position) FROM (
      SELECT v.*, (SELECT coalesce(json_object_agg(c.state, c.members), '{}') FROM (
        SELECT m.state, count(*)::int AS members FROM fleet_member m
        WHERE m.fleet_rollout_id = f.id AND m.wave_position = v.position GROUP BY m.state) c) AS counts
      FROM fleet_wave v WHERE v.tenant_id = f.tenant_id AND v.fleet_rollout_id = f.id) w) AS waves
  FROM fleet_rollout f WHERE f.id = $1`;

/** Null when there is none. */
export async function readFleet(sql: Sql, id: string): Promise<FleetRolloutDetail | null> {
  const row = await sql.row<FleetRow & { readonly waves: CountedWaveRow[] }>(DETAIL, [id]);
  if (row === null) return null;
  const { selection, policy, patience } = row;
  return { ...fleetOf(row), selection, policy, patience, waves: row.waves.map(standingOf) };
}

function standingOf(row: CountedWaveRow): WaveStanding {
  const { bakeUntilMs: _bakeUntilMs, ...wave } = waveOf(row);
  return { ...wave, bakeUntil: instantOrNull(row.bake_until), counts: row.counts };
}
