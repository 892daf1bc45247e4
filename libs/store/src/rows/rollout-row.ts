import type { Desired, Phase, Rollout, RolloutEvent, RolloutPolicy, Step, StepState } from "@tandem/domain/rollout";
import type { Slot } from "@tandem/domain/slot";
import type { JsonObject } from "@tandem/kernel";
import { instantOf, instantOrNull, type Timestamp } from "./instant.ts";

export interface RolloutRow {
  tenant_id: string;
  id: string;
  deployment_id: string;
  phase: string;
  held_phase: string | null;
  desired: string;
  policy: RolloutPolicy;
  bundle_hash: string;
  target_slot: string;
  plan_id: string | null;
  plan_hash: string | null;
  approved_by: string | null;
  approved_at: Timestamp | null;
  due_at: Timestamp | null;
  reason: Rollout["reason"];
  memory: JsonObject;
  version: number;
  engine_version: string;
  created_by: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export const rolloutOf = (row: RolloutRow): Rollout => ({
  id: row.id,
  tenantId: row.tenant_id,
  deploymentId: row.deployment_id,
  phase: row.phase as Phase,
  heldPhase: row.held_phase as Phase | null,
  desired: row.desired as Desired,
  policy: row.policy,
  bundleHash: row.bundle_hash,
  targetSlot: row.target_slot as Slot,
  planId: row.plan_id,
  planHash: row.plan_hash,
  approvedBy: row.approved_by,
  approvedAt: instantOrNull(row.approved_at),
  dueAt: instantOrNull(row.due_at),
  reason: row.reason,
  memory: row.memory,
  version: row.version,
  engineVersion: row.engine_version,
  createdBy: row.created_by,
  createdAt: instantOf(row.created_at),
  updatedAt: instantOf(row.updated_at),
});

export interface StepRow {
  rollout_id: string;
  seq: number;
  stage: string;
  operation: Step["operation"];
  state: string;
  epoch: number | null;
  request_hash: string | null;
  external_id: string | null;
  intent_at: Timestamp | null;
  attempt: number;
  not_before: Timestamp | null;
  outcome: Step["outcome"];
}

export const stepOf = (row: StepRow): Step => ({
  rolloutId: row.rollout_id,
  seq: row.seq,
  stage: row.stage as Step["stage"],
  operation: row.operation,
  state: row.state as StepState,
  epoch: row.epoch,
  requestHash: row.request_hash,
  externalId: row.external_id,
  intentAt: instantOrNull(row.intent_at),
  attempt: row.attempt,
  notBefore: instantOrNull(row.not_before),
  outcome: row.outcome,
});

export interface RolloutEventRow {
  rollout_id: string;
  seq: number;
  at: Timestamp;
  type: string;
  phase: string;
  payload: JsonObject;
}

export const rolloutEventOf = (row: RolloutEventRow): RolloutEvent => ({
  rolloutId: row.rollout_id,
  seq: row.seq,
  at: instantOf(row.at),
  type: row.type,
  phase: row.phase as Phase,
  payload: row.payload,
});
