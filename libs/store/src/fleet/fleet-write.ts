import type { FleetStanding, FleetStep, MemberChange } from "@tandem/domain/fleet";
import { AppError, type Json } from "@tandem/kernel";
import type { FleetLease } from "@tandem/ports/store/fleet";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import type { ResolvedOptions } from "../options.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { fleetObject, fleetWorker } from "./fleet-scope.ts";

const LOCK = "SELECT state, wave_position, lease_epoch, lease_owner FROM fleet_rollout WHERE id = $1 FOR UPDATE";
/** A state ends it when nothing happens in it any more. */
const FLEET = `
  UPDATE fleet_rollout SET state = $2, reason = $3::jsonb, wave_position = $4,
    ended_at = CASE WHEN $2 IN ('completed', 'aborted') THEN clock_timestamp() END
  WHERE id = $1`;
const WAVE = `
  UPDATE fleet_wave SET state = $3, bake_until = to_timestamp($4::float8 / 1000) WHERE fleet_rollout_id = $1 AND position = $2`;
// Who has moved on meanwhile stays where it is: the state it was seen in decides.
const MEMBERS = `
  UPDATE fleet_member m SET state = c."to", reason = c.reason, detail = c.detail,
    due_at = CASE WHEN c."dueInMs" IS NULL THEN NULL ELSE clock_timestamp() + c."dueInMs" * interval '1 millisecond' END,
    waits_since = to_timestamp(c."waitsSinceMs" / 1000),
    ended_at = CASE WHEN c."to" IN ('succeeded', 'rolled-back', 'aborted', 'failed', 'blocked', 'skipped') THEN clock_timestamp() END
  FROM jsonb_to_recordset($2::jsonb) AS c ("tenantId" uuid, "deploymentId" uuid, "from" text, "to" text, reason text, detail text,
    "dueInMs" float8, "waitsSinceMs" float8)
  WHERE m.fleet_rollout_id = $1 AND m.tenant_id = c."tenantId" AND m.deployment_id = c."deploymentId" AND m.state = c."from"
  RETURNING m.deployment_id, c."from", m.state AS "to", m.reason`;

interface LockedRow {
  readonly state: string;
  readonly wave_position: number;
  readonly lease_epoch: number;
  readonly lease_owner: string | null;
}

interface Moved {
  readonly deployment_id: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string | null;
}

/** Throws `not_found`. */
export async function lockFleet(sql: Sql, id: string): Promise<LockedRow> {
  const row = await sql.row<LockedRow>(LOCK, [id]);
  if (row === null) throw new AppError("not_found", "There is no such fleet rollout.", { details: { id } });
  return row;
}

/** Answers those that were moved. */
export const moveMembers = (sql: Sql, id: string, changes: readonly MemberChange[]): Promise<Moved[]> =>
  changes.length === 0 ? Promise.resolve([]) : sql.rows<Moved>(MEMBERS, [id, json(changes)]);

/** A step with the standing that it was decided for. */
export interface DecidedStep {
  readonly step: FleetStep;
  readonly seen: Pick<FleetStanding, "state" | "wavePosition">;
}

/** What a worker decided, under its lease, with its audit row; nothing when a person was faster. Throws `lease_lost`. */
export async function writeStep(
  sql: Sql,
  options: ResolvedOptions,
  lease: FleetLease,
  { step, seen }: DecidedStep,
): Promise<void> {
  const id = lease.fleetRolloutId;
  const locked = await lockFleet(sql, id);
  if (locked.lease_epoch !== lease.epoch || locked.lease_owner !== lease.workerId)
    throw new AppError("lease_lost", "The lease of this fleet rollout has moved on.", { details: { id } });
  if (locked.state !== seen.state || locked.wave_position !== seen.wavePosition) return;
  const moved = await moveMembers(sql, id, step.members);
  const { wave, fleet } = step;
  if (wave !== undefined) await sql.run(WAVE, [id, wave.position, wave.state, wave.bakeUntilMs]);
  if (fleet !== undefined) await sql.run(FLEET, [id, fleet.state, json(fleet.reason), fleet.wavePosition]);
  if (moved.length === 0 && wave === undefined && fleet === undefined) return;
  const closing = new ClosingWrites(sql, PLATFORM_TENANT_ID);
  closing.audit(entryOf(lease, locked, { step, moved }), null);
  if (fleet !== undefined && fleet.state !== locked.state)
    closing.enqueue(`fleet-rollout.${fleet.state}`, {
      object: fleetObject(id),
      reason: fleet.reason?.code ?? null,
      detail: fleet.reason?.detail ?? null,
    });
  await closing.write(options.newId);
}

function entryOf(
  lease: FleetLease,
  before: LockedRow,
  { step, moved }: { readonly step: FleetStep; readonly moved: readonly Moved[] },
): AuditEntry {
  const { wave = null, fleet = null } = step;
  return {
    ...fleetWorker(lease.workerId),
    action: fleet !== null && fleet.state !== before.state ? `fleet-rollout.${fleet.state}` : "fleet-rollout.moved-on",
    object: fleetObject(lease.fleetRolloutId),
    before: { state: before.state, wavePosition: before.wave_position },
    after: { fleet, wave, members: moved } as unknown as Json,
    ...(fleet?.reason != null && { reason: fleet.reason.code }),
  };
}
