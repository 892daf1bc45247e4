import type {
  FleetPatience,
  FleetPolicy,
  FleetReason,
  FleetState,
  MemberState,
  Wave,
  WaveLimits,
} from "@tandem/domain/fleet";
import type { FleetMemberRow, FleetRolloutRow, FleetSelection } from "@tandem/ports/store/fleet";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

export interface FleetRow {
  readonly id: string;
  readonly playbook: string;
  readonly version: string;
  readonly manifest_hash: string;
  readonly selection: FleetSelection;
  readonly policy: FleetPolicy;
  readonly patience: FleetPatience;
  readonly state: FleetState;
  readonly reason: FleetReason | null;
  readonly wave_position: number;
  readonly aborts_running: boolean;
  readonly lease_epoch: number;
  readonly created_by: string;
  readonly created_at: Timestamp;
  readonly ended_at: Timestamp | null;
}

export const fleetOf = (row: FleetRow): FleetRolloutRow => ({
  id: row.id,
  playbook: row.playbook,
  version: row.version,
  manifestHash: row.manifest_hash,
  state: row.state,
  reason: row.reason,
  wavePosition: row.wave_position,
  createdBy: row.created_by,
  createdAt: instantOf(row.created_at),
  endedAt: instantOrNull(row.ended_at),
});

export interface WaveRow {
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly limits: WaveLimits;
  readonly size: number;
  readonly accepted_failures: number;
  readonly state: Wave["state"];
  readonly bake_until: Timestamp | null;
}

export const waveOf = (row: WaveRow): Wave => ({
  id: row.id,
  position: row.position,
  name: row.name,
  limits: row.limits,
  size: row.size,
  acceptedFailures: row.accepted_failures,
  state: row.state,
  bakeUntilMs: msOrNull(row.bake_until),
});

export const msOrNull = (value: Timestamp | null): number | null => (value === null ? null : new Date(value).getTime());

export interface MemberRow {
  readonly fleet_rollout_id: string;
  readonly tenant_id: string;
  readonly tenant: string;
  readonly deployment_id: string;
  readonly name: string;
  readonly playbook: string;
  readonly version: string;
  readonly wave_position: number;
  readonly ordinal: number;
  readonly state: MemberState;
  readonly rollout_id: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly begun_at: Timestamp | null;
  readonly ended_at: Timestamp | null;
}

export const memberOf = (row: MemberRow): FleetMemberRow => ({
  fleetRolloutId: row.fleet_rollout_id,
  tenantId: row.tenant_id,
  tenant: row.tenant,
  deploymentId: row.deployment_id,
  name: row.name,
  playbook: row.playbook,
  version: row.version,
  wavePosition: row.wave_position,
  state: row.state,
  reason: row.reason,
  detail: row.detail,
  rolloutId: row.begun_at === null ? null : row.rollout_id,
  begunAt: instantOrNull(row.begun_at),
  endedAt: instantOrNull(row.ended_at),
});
